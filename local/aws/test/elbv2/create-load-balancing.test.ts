import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { emulatorClock } from '../../src/clock.ts'
import { createLoadBalancing } from '../../src/elbv2/create-load-balancing.ts'
import { balancedService, MetricsFake, weighted } from './balanced-service.ts'
import { answering, cleanups, service } from './balanced-targets.ts'

describe('errors', () => {
  it.each([
    ['DescribeTargetHealth', { TargetGroupArn: 'arn:x' }, 'TargetGroupNotFound'],
    ['DescribeLoadBalancers', { Names: ['none'] }, 'LoadBalancerNotFound'],
    ['DescribeListeners', { ListenerArns: ['arn:x'] }, 'ListenerNotFound'],
    ['DescribeRules', { RuleArns: ['arn:x'] }, 'RuleNotFound'],
    ['CreateLoadBalancer', { Name: 'web', Subnets: ['c'] }, 'DuplicateLoadBalancerName'],
    ['CreateTargetGroup', { Name: '-x' }, 'ValidationError'],
    [
      'CreateTargetGroup',
      { Name: 'x', HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 },
      'ValidationError',
    ],
  ])('%s %o is %s', async (operation, input, code) => {
    const { call } = await service()
    await expect(call(operation, input)).rejects.toMatchObject({ code })
  })

  it('creates nothing twice when the same is asked for again', async () => {
    const { call, group, listen, loadBalancerArn } = await service()
    const again = await call<Sdk.CreateLoadBalancerOutput>('CreateLoadBalancer', { Name: 'web', Subnets: ['a', 'b'] })
    expect(again.LoadBalancers?.[0]?.LoadBalancerArn).toBe(loadBalancerArn)
    const blue = await group('blue')
    expect(await group('blue')).toBe(blue)
    await expect(group('blue', { HealthCheckPath: '/other' })).rejects.toMatchObject({
      code: 'DuplicateTargetGroupName',
    })
    const listener = await listen(weighted([blue, 1]))
    expect(await listen(weighted([blue, 1]))).toEqual(listener)
    await expect(listen(weighted([blue, 2]))).rejects.toMatchObject({ code: 'DuplicateListener' })
  })

  it('refuses weights beyond 999, and to delete a group in use', async () => {
    const { call, group, listen } = await service()
    const arn = await group('blue')
    await expect(listen(weighted([arn, 1000]))).rejects.toMatchObject({ code: 'ValidationError' })
    await listen(weighted([arn, 0]))
    await expect(call('DeleteTargetGroup', { TargetGroupArn: arn })).rejects.toMatchObject({ code: 'ResourceInUse' })
  })
})

describe('a state folder', () => {
  it('brings load balancers, weights and API targets back after a restart, listeners on their ports', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'sluice-elbv2-'))
    cleanups.push(async () => rmSync(stateFolder, { recursive: true }))
    const before = await balancedService(100, stateFolder)
    const [blue, green] = [await before.group('blue'), await before.group('green')]
    const { arn, url } = await before.listen(weighted([blue, 1], [green, 0]))
    before.balancing.setWeights(arn, [
      { targetGroupArn: blue, weight: 0 },
      { targetGroupArn: green, weight: 7 },
    ])
    const kept = await answering('kept')
    await before.call('RegisterTargets', { TargetGroupArn: green, Targets: [{ Id: '127.0.0.1', Port: kept.port }] })
    before.balancing.register(green, { id: 'task', host: '127.0.0.1', port: kept.port })
    await before.close()
    await expect(fetch(url)).rejects.toThrow('fetch failed')

    const metrics = new MetricsFake()
    const after = createLoadBalancing({
      clock: emulatorClock(100),
      metrics,
      nextPort: () => 0,
      region: 'us-east-1',
      account: '000000000000',
      stateFolder,
    })
    cleanups.push(() => after.close())
    await after.ready
    expect(after.balancing.weights(arn)).toEqual([
      { targetGroupArn: blue, weight: 0 },
      { targetGroupArn: green, weight: 7 },
    ])
    expect(after.balancing.health(green).map(({ target }) => target.id)).toEqual(['127.0.0.1'])
    expect(await (await fetch(url)).text()).toBe('kept')
  })
})
