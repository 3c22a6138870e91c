import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, describe, expect, it } from 'vitest'

import { emulatorClock } from '../../src/clock.ts'
import { createLoadBalancing } from '../../src/elbv2/create-load-balancing.ts'
import { balancedService, MetricsFake, target, weighted } from './balanced-service.ts'

const cleanups: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function service(speed?: number) {
  const made = await balancedService(speed)
  cleanups.push(() => made.close())
  return made
}

async function answering(text: string, more: Parameters<typeof target>[0] = (_, response) => void response.end(text)) {
  const made = await target(more)
  cleanups.push(() => made.close())
  return { id: `${text}-1`, host: '127.0.0.1', port: made.port }
}

const texts = async (url: string, count: number) => {
  const answers = await Promise.all(Array.from({ length: count }, async () => (await fetch(url)).text()))
  return Object.groupBy(answers, (answer) => answer)
}

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
    while (!unhealthy()) await new Promise((resolve) => setTimeout(resolve, 5))
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
    while (balancing.health(arn)[0]?.state !== 'unhealthy') await new Promise((resolve) => setTimeout(resolve, 5))
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

describe('a target that leaves', () => {
  it('drains: what is under way ends, what is new goes elsewhere, nothing fails', async () => {
    const { balancing, group, listen, untilHealthy } = await service()
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    const slow = await answering('slow', (incoming, response) => {
      if (incoming.url === '/health') response.end()
      else setTimeout(() => response.end('slow'), 300)
    })
    balancing.register(arn, slow)
    await untilHealthy(arn, 1)
    const underWay = texts(url, 10)
    await new Promise((resolve) => setTimeout(resolve, 100))
    balancing.register(arn, await answering('next'))
    await untilHealthy(arn, 2)
    const begun = performance.now()
    const drained = balancing.deregister(arn, slow.id)
    expect(balancing.health(arn)).toContainEqual({
      target: slow,
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    })
    expect(Object.keys(await texts(url, 20))).toEqual(['next'])
    await drained
    expect(performance.now() - begun).toBeLessThan(2000)
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
      while (traffic.served < round * 100) await new Promise((resolve) => setTimeout(resolve, 5))
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
    const { balancing, group, listen, untilHealthy } = await service()
    const arn = await group('blue')
    const { url } = await listen(weighted([arn, 1]))
    const echo = await answering('echo', (incoming, response) => {
      response.writeHead(201, { 'X-Seen': JSON.stringify(incoming.headers), 'Set-Cookie': ['a=1', 'b=2'] })
      incoming.pipe(response)
    })
    balancing.register(arn, { ...echo })
    while (balancing.health(arn)[0]?.state === 'initial') await new Promise((resolve) => setTimeout(resolve, 5))
    await untilHealthy(arn, 0)
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

describe('rules', () => {
  it('are tried by priority, the default last', async () => {
    const { call, listen } = await service()
    const fixed = (text: string): Sdk.Action[] => [
      {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '200', MessageBody: text, ContentType: 'text/plain' },
      },
    ]
    const { arn, url } = await listen(fixed('default'))
    const rule = (Priority: number, text: string, Conditions: Sdk.RuleCondition[]) =>
      call<Sdk.CreateRuleOutput>('CreateRule', { ListenerArn: arn, Priority, Conditions, Actions: fixed(text) })
    await rule(20, 'api', [{ Field: 'path-pattern', Values: ['/api/*'] }])
    await rule(10, 'admin', [
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/admin*'] } },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Team', Values: ['ops', 'sec?'] } },
    ])
    const text = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(url + path, { headers })).text()
    expect(await text('/')).toBe('default')
    expect(await text('/api/x')).toBe('api')
    expect(await text('/api/admin/x')).toBe('api')
    expect(await text('/api/admin/x', { 'x-team': 'secs' })).toBe('admin')
    await expect(rule(20, 'again', [{ Field: 'path-pattern', Values: ['/'] }])).rejects.toMatchObject({
      code: 'PriorityInUse',
    })
    const described = await call<Sdk.DescribeRulesOutput>('DescribeRules', { ListenerArn: arn })
    expect(described.Rules?.map((found) => found.Priority)).toEqual(['10', '20', 'default'])
    expect(described.Rules?.[0]?.RuleArn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule\/app\/web\/\w{16}\/\w{16}\/\w{16}$/,
    )
  })

  it('redirect with the parts of the request', async () => {
    const { listen } = await service()
    const { url } = await listen([
      {
        Type: 'redirect',
        RedirectConfig: { StatusCode: 'HTTP_302', Path: '/new/#{path}', Port: '8443', Protocol: 'HTTPS' },
      },
    ])
    const response = await fetch(`${url}/old?x=1`, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://127.0.0.1:8443/new/old?x=1')
  })
})

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
