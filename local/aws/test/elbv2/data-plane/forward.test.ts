import { connect } from 'node:net'

import { describe, expect, it } from 'vitest'

import { type target, weighted } from '../balanced-service.ts'
import { answering, service } from '../balanced-targets.ts'

async function one(listener: Parameters<typeof target>[0]) {
  const made = await service()
  const arn = await made.group('blue')
  const { url } = await made.listen(weighted([arn, 1]))
  const one = await answering('one', (incoming, response) => {
    if (incoming.url === '/health') response.end()
    else listener(incoming, response)
  })
  made.balancing.register(arn, one)
  await made.untilHealthy(arn, 1)
  return { ...made, arn, url }
}

/** Sends bytes as they are and reads until the connection ends. */
function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(heard))
    socket.write(text.replaceAll('\n', '\r\n'))
  })
}

describe('forward', () => {
  it('lets a drain end when the client of the last request has gone away', async () => {
    let isAsked = () => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    const { url, balancing, arn, call } = await one(() => isAsked())
    // The longest there is: here, a hundred times faster, 36 seconds.
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '3600' }]
    await call('ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes })
    const gone = new AbortController()
    const request = fetch(url, { signal: gone.signal })
    await asked
    const begun = performance.now()
    const drained = balancing.deregister(arn, 'one-1')
    gone.abort()
    await expect(request).rejects.toThrow('aborted')
    await drained
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(balancing.health(arn)).toEqual([])
  })

  it('cuts the answer off when the target dies in the middle of it', async () => {
    const { url, balancing, arn } = await one((_, response) => {
      response.writeHead(200, { 'Content-Length': 1000 })
      response.write('half', () => response.destroy())
    })
    const response = await fetch(url)
    await expect(response.text()).rejects.toThrow('terminated')
    await balancing.deregister(arn, 'one-1')
  })

  it('carries HEAD, 204 and 304 without a body, and keeps the connection', async () => {
    const statuses: Record<string, number> = { '/none': 204, '/same': 304 }
    const { url } = await one((incoming, response) => {
      const status = statuses[incoming.url ?? ''] ?? 200
      response.writeHead(status, { ETag: '"x"', ...(status === 200 ? { 'Content-Length': 5 } : {}) })
      response.end(status === 200 ? 'hello' : undefined)
    })
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', ''])
    expect((await fetch(`${url}/none`)).status).toBe(204)
    expect((await fetch(`${url}/same`)).status).toBe(304)
    expect(await (await fetch(url)).text()).toBe('hello')
  })

  it('passes chunked bodies of any method, and answers Expect: 100-continue', async () => {
    const { url } = await one((incoming, response) => {
      response.setHeader('X-Method', incoming.method ?? '')
      response.setHeader('X-Expect', String(incoming.headers.expect))
      incoming.pipe(response)
    })
    const heard = await raw(
      url,
      'DELETE /x HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nExpect: 100-continue\nConnection: close\n\n3\nabc\n0\n\n',
    )
    expect(heard).toMatch(/^HTTP\/1\.1 100 Continue/)
    expect(heard).toContain('X-Method: DELETE')
    expect(heard).toContain('X-Expect: undefined')
    expect(heard).toContain('abc')
  })

  it('answers 400 to what is not HTTP, and goes on', async () => {
    const { url } = await one((_, response) => void response.end('fine'))
    expect(await raw(url, 'nonsense\n\n')).toMatch(/^HTTP\/1\.1 400 Bad Request/)
    expect(await (await fetch(url)).text()).toBe('fine')
  })

  it('sends a safe request again when a kept connection turns out dead, and no other', async () => {
    let isFirst = true
    const seen: string[] = []
    const { url, metrics } = await one((incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url}`)
      if (incoming.url === '/warm') response.end('warm')
      else if (isFirst) {
        isFirst = false
        incoming.socket.destroy()
      } else response.end('second')
    })
    await (await fetch(`${url}/warm`)).text()
    expect(await (await fetch(`${url}/get`)).text()).toBe('second')
    isFirst = true
    await (await fetch(`${url}/warm`)).text()
    expect((await fetch(`${url}/post`, { method: 'POST', body: 'x' })).status).toBe(502)
    expect(seen).toEqual(['GET /warm', 'GET /get', 'GET /get', 'GET /warm', 'POST /post'])
    expect(metrics.sum('RequestCount', 'LoadBalancer')).toBe(4)
    expect(metrics.sum('HTTPCode_ELB_502_Count', 'LoadBalancer')).toBe(1)
  })

  it('gives up none for the number of kept connections that died together', async () => {
    const kept = 5
    const waiting: (() => void)[] = []
    const warm = new Set<unknown>()
    const { url } = await one((incoming, response) => {
      if (incoming.url === '/warm') {
        warm.add(incoming.socket)
        waiting.push(() => response.end('warm'))
        if (waiting.length === kept) for (const answer of waiting) answer()
      } else if (warm.has(incoming.socket)) incoming.socket.destroy()
      else response.end('on a new connection')
    })
    await Promise.all(Array.from({ length: kept }, async () => (await fetch(`${url}/warm`)).text()))
    expect(warm.size).toBe(kept)
    expect(await (await fetch(`${url}/get`)).text()).toBe('on a new connection')
  })
})
