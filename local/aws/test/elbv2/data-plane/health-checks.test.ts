import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { weighted } from '../balanced-service.ts'
import { answering, service, texts } from '../balanced-targets.ts'

describe('health', () => {
  it('goes from initial over healthy to unhealthy with the reasons of AWS, and uses what is healthy', async () => {
    const { balancing, group, listen, untilHealthy } = await service()
    const arn = await group('blue', { UnhealthyThresholdCount: 2 })
    const { url } = await listen(weighted([arn, 1]))
    let status = 200
    const sick = await answering('sick', (incoming, response) => {
      response.statusCode = incoming.url === '/health' ? status : 200
      response.end('sick')
    })
    balancing.register(arn, sick)
    expect(balancing.health(arn)).toMatchObject([{ state: 'initial', reason: 'Elb.RegistrationInProgress' }])
    balancing.register(arn, await answering('well'))
    await untilHealthy(arn, 2)
    expect(Object.keys(await texts(url, 20)).toSorted()).toEqual(['sick', 'well'])
    status = 500
    const unhealthy = () => balancing.health(arn).find(({ state }) => state === 'unhealthy')
    await until(
      'an unhealthy target',
      () => unhealthy() !== undefined,
      () => balancing.health(arn),
    )
    expect(unhealthy()).toMatchObject({
      target: sick,
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [500]',
    })
    expect(Object.keys(await texts(url, 20))).toEqual(['well'])
  })

  it('sends requests to all when none is healthy', async () => {
    const { balancing, group, listen } = await service()
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    balancing.register(arn, await answering('sick', (_, response) => void response.writeHead(500).end('sick')))
    await until(
      'an unhealthy target',
      () => balancing.health(arn)[0]?.state === 'unhealthy',
      () => balancing.health(arn),
    )
    expect((await fetch(url)).status).toBe(500)
  })

  it('does not probe a group that no rule names, and probes one of weight 0', async () => {
    const { balancing, group, listen, untilHealthy } = await service()
    const [blue, green] = [await group('blue'), await group('green')]
    let probes = 0
    const counting = await answering('green', (_, response) => {
      probes += 1
      response.end()
    })
    balancing.register(green, counting)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(balancing.health(green)).toMatchObject([{ state: 'unused', reason: 'Target.NotInUse' }])
    expect(probes).toBe(0)
    await listen(weighted([blue, 1], [green, 0]))
    await untilHealthy(green, 1)
    expect(probes).toBeGreaterThan(0)
  })
})
