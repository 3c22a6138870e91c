import { describe, expect, it } from 'vitest'
import { weighted } from '../balanced-service.ts'
import { answering, service, texts } from '../balanced-targets.ts'

describe('weighted forward', () => {
  it('splits requests by weight, moves them at once, and counts them for each target group', async () => {
    const { balancing, group, listen, untilHealthy, metrics } = await service()
    const [blue, green] = [await group('blue'), await group('green')]
    const { arn, url } = await listen(weighted([blue, 1], [green, 0]))
    balancing.register(blue, await answering('blue'))
    balancing.register(green, await answering('green'))
    await Promise.all([untilHealthy(blue, 1), untilHealthy(green, 1)])

    expect(Object.keys(await texts(url, 50))).toEqual(['blue'])
    balancing.setWeights(arn, [
      { targetGroupArn: blue, weight: 3 },
      { targetGroupArn: green, weight: 1 },
    ])
    const shared = await texts(url, 1000)
    // Five standard deviations of a binomial around 250.
    expect(Math.abs((shared['green']?.length ?? 0) - 250)).toBeLessThan(70)
    balancing.setWeights(arn, [
      { targetGroupArn: blue, weight: 0 },
      { targetGroupArn: green, weight: 1 },
    ])
    expect(Object.keys(await texts(url, 50))).toEqual(['green'])
    expect(balancing.weights(arn)).toEqual([
      { targetGroupArn: blue, weight: 0 },
      { targetGroupArn: green, weight: 1 },
    ])

    expect(metrics.sum('RequestCount', 'LoadBalancer')).toBe(1100)
    expect(metrics.sum('RequestCount', 'LoadBalancer', 'TargetGroup')).toBe(1100)
    expect(metrics.sum('HTTPCode_Target_2XX_Count', 'LoadBalancer', 'TargetGroup')).toBe(1100)
    expect(metrics.sum('HTTPCode_Target_5XX_Count', 'LoadBalancer', 'TargetGroup')).toBe(0)
    const ofGreen = metrics.samples.filter((sample) => sample.dimensions['TargetGroup'] === green.split(':').at(-1))
    expect(ofGreen.filter(({ name }) => name === 'RequestCount')).toHaveLength(50 + (shared['green']?.length ?? 0))
  })

  it('answers 503 from an empty group, and never takes the other in its place', async () => {
    const { balancing, group, listen, untilHealthy, metrics } = await service()
    const [blue, green] = [await group('blue'), await group('green')]
    const { url } = await listen(weighted([blue, 1], [green, 1]))
    balancing.register(blue, await answering('blue'))
    await untilHealthy(blue, 1)
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await fetch(url)).status))
    const refused = statuses.filter((status) => status === 503).length
    expect(refused).toBeGreaterThan(50)
    expect(refused).toBeLessThan(150)
    expect(metrics.sum('HTTPCode_ELB_5XX_Count', 'LoadBalancer')).toBe(refused)
    expect(metrics.sum('RequestCount', 'LoadBalancer')).toBe(200 - refused)
  })

  it('keeps a client with its target group when the rule is sticky', async () => {
    const { balancing, group, listen, untilHealthy } = await service()
    const [blue, green] = [await group('blue'), await group('green')]
    const [action] = weighted([blue, 1], [green, 1])
    const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 60 }
    const { url } = await listen([
      { Type: 'forward', ForwardConfig: { ...action?.ForwardConfig, TargetGroupStickinessConfig } },
    ])
    balancing.register(blue, await answering('blue'))
    balancing.register(green, await answering('green'))
    await Promise.all([untilHealthy(blue, 1), untilHealthy(green, 1)])
    const first = await fetch(url)
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const text = await first.text()
    for (let round = 0; round < 20; round += 1) {
      expect(await (await fetch(url, { headers: { cookie } })).text()).toBe(text)
    }
  })
})
