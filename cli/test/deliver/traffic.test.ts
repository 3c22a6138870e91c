import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTraffic } from '../../src/deliver/traffic.ts'

const paths: string[] = []
const answered = new WeakSet<Socket>()
const server = createServer((request, response) => {
  paths.push(request.url ?? '')
  if (request.url === '/closed' && answered.has(request.socket)) return void request.socket.destroy()
  answered.add(request.socket)
  response.writeHead(request.url === '/broken' ? 503 : 200).end()
})

beforeEach(async () => {
  paths.length = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Requests travel in real time; when they start is by the clock alone.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await new Promise((resolve) => server.close(resolve))
})

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

describe('traffic through production', () => {
  it('keeps its pace, and another one from when that is set', async () => {
    const traffic = startTraffic({ url: url(), paths: ['/a', '/b'], perSecond: 40, phase: 'build' })
    vi.advanceTimersByTime(2000)
    traffic.enter('prod')
    traffic.pace(300)
    vi.advanceTimersByTime(1000)
    await traffic.stop()
    expect(traffic.phases.get('build')).toMatchObject({ requests: 80, failed: 0 })
    expect(traffic.phases.get('prod')).toMatchObject({ requests: 300, failed: 0 })
    expect(paths.filter((path) => path === '/a')).toHaveLength(190)
  })

  it('asks again where a kept connection was closed meanwhile, as any client does', async () => {
    const traffic = startTraffic({ url: url(), paths: ['/closed'], perSecond: 10, phase: 'prod' })
    for (let sent = 1; sent <= 3; sent++) {
      vi.advanceTimersByTime(100)
      while (traffic.phases.get('prod')?.requests !== sent) await setImmediate()
    }
    await traffic.stop()
    expect(traffic.phases.get('prod')).toMatchObject({ requests: 3, failed: 0 })
    expect(paths).toHaveLength(5)
  })

  it('counts what failed in the phase that it was sent in, by its status', async () => {
    const traffic = startTraffic({ url: url(), paths: ['/broken'], perSecond: 10, phase: 'prod' })
    vi.advanceTimersByTime(1000)
    traffic.enter('after')
    await traffic.stop()
    expect(traffic.phases.get('prod')).toMatchObject({ requests: 10, failed: 10, failures: { 503: 10 } })
    expect(traffic.phases.get('after')).toBeUndefined()
  })
})
