import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { failoverCode, originIds } from '../../lib/edge/failover.ts'
import { waves } from '../../lib/planning/stack-plan.ts'
import { planStacks } from '../../lib/planning/stacks.ts'
import { terms } from '../../lib/recovery/terms.ts'
import { profileCases, profileState, wholeEdge } from '../templates.ts'
import { plan, edge, regions, distribution, pairs } from './whole-edge.ts'

describe('the edge', () => {
  it('stands in us-east-1, once, after the names of every region', () => {
    const own = plan.filter(({ part }) => part === 'edge')
    expect(own.map(({ region, account }) => [region, account])).toEqual([['us-east-1', '222222222222']])
    const order = waves(plan).map((wave) => wave.map(({ id }) => id))
    const at = (id: string) => order.findIndex((wave) => wave.includes(id))
    for (const region of regions) {
      expect(at(`prod/service/${region}`)).toBeLessThan(at(`prod/origin/${region}`))
      expect(at(`prod/origin/${region}`)).toBeLessThan(at('prod/recovery/us-east-1'))
    }
    expect(at('prod/recovery/us-east-1')).toBeLessThan(at('prod/edge/us-east-1'))
  })

  it.each([
    ...profileCases.map(({ profile }) => ({ profile, text: '{}', parts: [] })),
    { profile: 'free', text: wholeEdge.replace(/certificateArns: \[.*\]/, 'certificateArns: []'), parts: ['origin'] },
    { profile: 'production', text: '{ domain: example.com, hostedZoneId: Z1 }', parts: ['origin'] },
    { profile: 'production', text: wholeEdge, parts: ['origin', 'edge'] },
  ])('is there where the profile and the environment have it: $profile, $text', ({ profile, text, parts }) => {
    const found = planStacks(profileState(profile, text)).map(({ part }) => part)
    expect([...new Set(found.filter((part) => ['origin', 'edge'].includes(part)))]).toEqual(parts)
  })

  it('speaks TLS 1.3 and nothing older, HTTP/2 and HTTP/3', () => {
    expect(distribution).toMatchObject({
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      Aliases: ['registry.example.com'],
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.3_2025', SslSupportMethod: 'sni-only' },
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https', Compress: true },
    })
    expect(distribution.ViewerCertificate.AcmCertificateArn).toContain(':acm:us-east-1:')
    for (const { CustomOriginConfig } of distribution.Origins) {
      expect(CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] })
    }
  })

  it('gives nobody what another was given: tokens and cookies are in the key, and private is never kept', () => {
    const {
      MinTTL,
      DefaultTTL,
      MaxTTL,
      ParametersInCacheKeyAndForwardedToOrigin: key,
    } = edge.get('Caching').properties['CachePolicyConfig']
    expect({ MinTTL, DefaultTTL }).toEqual({ MinTTL: 0, DefaultTTL: 0 })
    expect(MaxTTL).toBeLessThanOrEqual(3600)
    expect(key.HeadersConfig.Headers).toEqual(expect.arrayContaining(['Authorization', 'Host', 'Accept']))
    expect(key.CookiesConfig).toEqual({ CookieBehavior: 'all' })
    expect(key.QueryStringsConfig).toEqual({ QueryStringBehavior: 'all' })
    expect(key).toMatchObject({ EnableAcceptEncodingBrotli: true, EnableAcceptEncodingGzip: true })
  })

  it('keeps no error', () => {
    for (const { ErrorCachingMinTTL } of distribution.CustomErrorResponses) expect(ErrorCachingMinTTL).toBe(0)
    expect(distribution.CustomErrorResponses.map(({ ErrorCode }: { ErrorCode: number }) => ErrorCode)).toContain(404)
  })

  it('writes down who asked what, and neither cookies nor queries', () => {
    const { RecordFields } = edge.get('LogDelivery').properties
    expect(RecordFields).toEqual(expect.arrayContaining(['c-ip', 'cs-method', 'cs-uri-stem', 'sc-status']))
    expect(RecordFields).not.toContain('cs(Cookie)')
    expect(RecordFields).not.toContain('cs-uri-query')
    expect(edge.get('LogSource').properties).toMatchObject({ LogType: 'ACCESS_LOGS' })
  })
})

describe('failing over', () => {
  /** Runs the function as CloudFront does: `cf` is its module. */
  function groupsFor(
    method: string,
    asked: { uri?: string; querystring?: object; cookies?: object } = {},
  ): { originIds: { originId: string }[]; failoverCriteria: object }[] {
    const groups: { originIds: { originId: string }[]; failoverCriteria: object }[] = []
    const code = failoverCode.replace("import cf from 'cloudfront'\n", '')
    expect(code).not.toContain('import ')
    const cf = { createRequestOriginGroup: (group: (typeof groups)[number]) => groups.push(group) }
    const event = { request: { method, uri: '/@acme%2fbutton', querystring: {}, cookies: {}, ...asked } }
    expect(runInNewContext(`${code}; handler(event)`, { cf, event })).toBe(event.request)
    return groups
  }

  it.each(['GET', 'HEAD'])('is for %s, from the nearest region to another one', (method) => {
    const [group, ...others] = groupsFor(method)
    expect(others).toEqual([])
    expect(group?.originIds.map(({ originId }) => originId)).toEqual([originIds.reads, originIds.spare])
    expect(group?.failoverCriteria).toEqual({ statusCodes: [502, 503, 504] })
  })

  it.each([
    ['a client that is about to write', { querystring: { write: { value: 'true' } } }],
    ['somebody who is signed in on the pages', { uri: '/-/web/', cookies: { session: { value: 'x' } } }],
    ['a sign-in that is under way', { uri: '/-/v1/done' }],
  ])('leads %s where writes go, and to a replica when that does not answer', (_, asked) => {
    const [group] = groupsFor('GET', asked)
    expect(group?.originIds.map(({ originId }) => originId)).toEqual([originIds.latest, originIds.replicas])
  })

  it.each(['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])('is not for %s, which goes where writes go', (method) => {
    expect(groupsFor(method)).toEqual([])
  })

  it('is in the function alone: CloudFront refuses PUT in a behavior that has a group', () => {
    expect(distribution).not.toHaveProperty('OriginGroups')
    expect(distribution.DefaultCacheBehavior.TargetOriginId).toBe(originIds.writes)
    expect(distribution.DefaultCacheBehavior.AllowedMethods).toContain('PUT')
    expect(distribution.DefaultCacheBehavior.FunctionAssociations).toMatchObject([{ EventType: 'viewer-request' }])
    expect(edge.get('Failover').properties).toMatchObject({
      AutoPublish: true,
      FunctionCode: failoverCode,
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    })
    const ids = distribution.Origins.map(({ Id }: { Id: string }) => Id)
    expect(ids).toEqual(Object.values(originIds))
  })

  it('takes as long as `sluice rto` counts', () => {
    for (const id of [originIds.latest, originIds.replicas, originIds.reads, originIds.spare]) {
      const { ConnectionAttempts, ConnectionTimeout, CustomOriginConfig } = distribution.Origins.find(
        ({ Id }: { Id: string }) => Id === id,
      )
      expect(ConnectionAttempts * (ConnectionTimeout + CustomOriginConfig.OriginReadTimeout)).toBe(
        terms.originFailover.seconds,
      )
    }
    const checks = edge.ofType('AWS::Route53::HealthCheck')
    const alarms = edge.ofType('AWS::CloudWatch::Alarm')
    expect([checks.length, alarms.length]).toEqual([regions.length, regions.length])
    for (const [index, { properties }] of checks.entries()) {
      const { RequestInterval, FailureThreshold } = properties['HealthCheckConfig']
      const { Period, EvaluationPeriods } = alarms[index]?.properties ?? {}
      expect(RequestInterval * FailureThreshold + Period * EvaluationPeriods).toBe(terms.notice.seconds)
    }
    for (const { TTL } of pairs.flat()) expect(Number(TTL)).toBe(terms.writesDns.seconds)
  })
})
