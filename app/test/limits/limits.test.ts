import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'

let databases: Databases
beforeAll(async () => {
  databases = await startDatabases(1)
  // Buckets fill again with time: however slow the machine is, none passes.
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(async () => {
  vi.useRealTimers()
  await databases.close()
})

const statuses = async (count: number, send: () => Promise<{ status: number }>) => {
  const found: number[] = []
  for (let turn = 0; turn < count; turn += 1) found.push((await send()).status)
  return found
}

describe('requests a client', () => {
  it('are refused with 429, a code and when to come again; other clients and health checks are not', async () => {
    const server = await databases.start({ REQUESTS_PER_CLIENT: '20', TRUSTED_PROXIES: '1' })
    const from = (address: string, path: string) =>
      call(server.url + path, { headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } })
    const found = await statuses(22, () => from('10.1.1.1', '/-/ping'))
    expect(found).toEqual([...Array.from({ length: 20 }, () => 200), 429, 429])
    const refused = await from('10.1.1.1', '/-/ping')
    expect(refused.body).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect((await from('10.1.1.2', '/-/ping')).status).toBe(200)
    expect((await from('10.1.1.1', '/health/live')).status).toBe(200)
    expect((await from('10.1.1.3', '/metrics')).body).toMatch(/registry_requests_refused_total\{.*\} 3/)
    await server.close()
  })

  it('are counted on answers from memory too', async () => {
    const open = await databases.start()
    await publish(open.url, await signIn(open.url, 'alice'), '@alice/hot', '1.0.0')
    await open.close()
    const server = await databases.start({ REQUESTS_PER_CLIENT: '10' })
    const found = await statuses(11, () => call(`${server.url}/@alice/hot`))
    expect(found).toEqual([...Array.from({ length: 10 }, () => 200), 429])
    await server.close()
  })
})

describe('requests a token', () => {
  it('are refused with 429, and those of another token are not', async () => {
    const server = await databases.start({ REQUESTS_PER_TOKEN: '10' })
    const [bob, carol] = [await signIn(server.url, 'bob'), await signIn(server.url, 'carol')]
    const found = await statuses(11, () => call(`${server.url}/-/whoami`, { token: bob }))
    expect(found).toEqual([...Array.from({ length: 10 }, () => 200), 429])
    expect((await publish(server.url, bob, '@bob/x', '1.0.0')).status).toBe(429)
    expect((await call(`${server.url}/@bob%2fx`, { token: carol })).status).toBe(404)
    expect((await call(`${server.url}/-/ping`)).status).toBe(200)
    await server.close()
  })
})

describe('wrong passwords', () => {
  it('are refused after twenty a minute, however many come at once', async () => {
    const server = await databases.start()
    await signIn(server.url, 'dora')
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`dora:${password}`).toString('base64')}`,
    })
    expect((await call(`${server.url}/-/whoami`, { headers: basic('dora has a password') })).status).toBe(200)
    const guesses = Array.from({ length: 60 }, (_, guess) =>
      call(`${server.url}/-/whoami`, { headers: basic(`guess ${guess}`) }),
    )
    const found = (await Promise.all(guesses)).map(({ status }) => status)
    expect(new Set(found)).toEqual(new Set([401, 429]))
    expect(found.filter((status) => status === 401)).toHaveLength(20)
    await server.close()
  })
})
