import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { weighted } from '../balanced-service.ts'
import { answering, cleanups, service } from '../balanced-targets.ts'

describe('what a target does wrong', () => {
  it.each([
    ['refuses the connection', undefined, 502, 1],
    ['hangs up', ((incoming: { socket: { destroy(): void } }) => incoming.socket.destroy()) as never, 502, 1],
  ])('that %s is answered as an ALB does', async (_, listener, status, connectionErrors) => {
    const { balancing, group, listen, metrics } = await service()
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    const made = await answering('gone', listener)
    if (listener === undefined) await cleanups.pop()?.()
    balancing.register(arn, made)
    const response = await fetch(url, { method: 'POST', body: 'x' })
    expect(response.status).toBe(status)
    expect(response.headers.get('server')).toBe('awselb/2.0')
    expect(metrics.sum('HTTPCode_ELB_5XX_Count', 'LoadBalancer')).toBe(1)
    expect(metrics.sum('TargetConnectionErrorCount', 'LoadBalancer', 'TargetGroup')).toBe(connectionErrors)
    expect(metrics.sum('HTTPCode_Target_5XX_Count', 'LoadBalancer')).toBe(0)
  })

  it('that answers too late is a 504', async () => {
    const { balancing, group, listen, call, loadBalancerArn, metrics } = await service()
    const Attributes = [{ Key: 'idle_timeout.timeout_seconds', Value: '0.1' }]
    await call('ModifyLoadBalancerAttributes', { LoadBalancerArn: loadBalancerArn, Attributes })
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    balancing.register(arn, await answering('mute', () => undefined))
    expect((await fetch(url)).status).toBe(504)
    expect(metrics.sum('HTTPCode_ELB_504_Count', 'LoadBalancer')).toBe(1)
  })
})

describe('what passes through', () => {
  it('streams bodies both ways, keeps headers, adds X-Forwarded, and stops hop-by-hop headers', async () => {
    const { balancing, group, listen } = await service()
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    const echo = await answering('echo', (incoming, response) => {
      response.writeHead(201, { 'X-Seen': JSON.stringify(incoming.headers), 'Set-Cookie': ['a=1', 'b=2'] })
      incoming.pipe(response)
    })
    balancing.register(arn, { ...echo })
    await until('a target that was looked at', () => balancing.health(arn)[0]?.state !== 'initial')
    const body = Buffer.alloc(3_000_000, 'x')
    const { status, headers, length } = await new Promise<{
      status: number | undefined
      headers: NodeJS.Dict<string | string[]>
      length: number
    }>((resolve, reject) => {
      const sent = request(
        `${url}/a%20b?c=d`,
        {
          method: 'PUT',
          headers: { 'X-Hop': '1', Connection: 'X-Hop', 'X-Forwarded-For': '10.0.0.1', Host: 'shop.example' },
        },
        (response) => {
          let length = 0
          response.on('data', (chunk: Buffer) => {
            length += chunk.length
          })
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, length }))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
    expect(status).toBe(201)
    expect(length).toBe(body.length)
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    const seen = JSON.parse(String(headers['x-seen'])) as Record<string, string>
    expect(seen).toMatchObject({
      host: 'shop.example',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
    })
    expect(seen['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)
    expect(seen['x-hop']).toBeUndefined()
  })
})
