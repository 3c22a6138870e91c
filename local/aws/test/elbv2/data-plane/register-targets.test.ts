import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { target, weighted } from '../balanced-service.ts'
import { answering, service, texts } from '../balanced-targets.ts'

describe('a target that leaves', () => {
  it('drains: what is under way ends, what is new goes elsewhere, nothing fails', async () => {
    const { balancing, group, listen, untilHealthy, call } = await service()
    const arn = await group('blue')
    // A hundred times faster than real: what is under way has 36 seconds.
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '3600' }]
    await call('ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes })
    const { url } = await listen(weighted([arn, 1]))
    const held: (() => void)[] = []
    const slow = await answering('slow', (incoming, response) => {
      if (incoming.url === '/health') response.end()
      else held.push(() => response.end('slow'))
    })
    balancing.register(arn, slow)
    await untilHealthy(arn, 1)
    const underWay = texts(url, 10)
    await until(
      'ten requests under way',
      () => held.length === 10,
      () => held.length,
    )
    balancing.register(arn, await answering('next'))
    await untilHealthy(arn, 2)
    let isDrained = false
    const drained = balancing.deregister(arn, slow.id).then(() => (isDrained = true))
    expect(balancing.health(arn)).toContainEqual({
      target: slow,
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    })
    expect(Object.keys(await texts(url, 20))).toEqual(['next'])
    expect(isDrained).toBe(false)
    for (const answer of held) answer()
    await drained
    expect(Object.keys(await underWay)).toEqual(['slow'])
    expect(balancing.health(arn)).toHaveLength(1)
  })

  it('loses no request while targets come and go under load', async () => {
    const { balancing, group, listen, untilHealthy } = await service()
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    const over = new AbortController()
    const failures: unknown[] = []
    const traffic = { served: 0 }
    const next = async (round: number) => {
      const made = await target((_, response) => setTimeout(() => response.end('ok'), 5))
      balancing.register(arn, { id: `t${round}`, host: '127.0.0.1', port: made.port })
      return made
    }
    let current = await next(0)
    await untilHealthy(arn, 1)
    const clients = Array.from({ length: 20 }, async () => {
      while (!over.signal.aborted) {
        const response = await fetch(url).catch((error: unknown) => error as Error)
        if (response instanceof Error || response.status !== 200) failures.push(response)
        else await response.text()
        traffic.served += 1
      }
    })
    for (let round = 1; round <= 5; round += 1) {
      const newer = await next(round)
      await untilHealthy(arn, 2)
      await until(
        `${round * 100} answers`,
        () => traffic.served >= round * 100,
        () => traffic,
      )
      await balancing.deregister(arn, `t${round - 1}`)
      await current.close()
      current = newer
    }
    over.abort()
    await Promise.all(clients)
    await current.close()
    expect(failures).toEqual([])
    expect(traffic.served).toBeGreaterThanOrEqual(500)
  })
})
