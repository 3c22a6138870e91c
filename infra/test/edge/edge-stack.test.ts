import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { failoverCode, originIds } from '../../lib/edge/failover.ts'
import { spareOf } from '../../lib/edge/records.ts'
import { waves } from '../../lib/planning/stack-plan.ts'
import { planStacks } from '../../lib/planning/stacks.ts'
import { terms } from '../../lib/recovery/terms.ts'
import { profileCases, profileState, stacksOf, wholeEdge, type Resource, type Stack } from '../templates.ts'

const state = profileState('global', wholeEdge)
const plan = planStacks(state).filter(({ environment }) => environment === 'prod')
const stacks = stacksOf(state)
const edge = stackOf('prod/sluice-prod-edge.template.json')
const regions = ['us-east-1', 'us-west-2', 'eu-west-1']
const origins = new Map(
  regions.map((region) => [
    region,
    stackOf(`prod/sluice-prod-origin${region === 'us-east-1' ? '' : `.${region}`}.template.json`),
  ]),
)

function stackOf(file: string): Stack {
  const found = stacks.get(file)
  if (!found) throw new Error(`there is no ${file}`)
  return found
}

const distribution = edge.get('Distribution').properties['DistributionConfig']
const recovery = stackOf('prod/sluice-prod-recovery.template.json')
const records = [edge, ...origins.values()].flatMap((stack) =>
  stack.ofType('AWS::Route53::RecordSet').map(({ properties }) => ({ file: stack.file, ...properties })),
) as unknown as (Resource['properties'] & { readonly file: string })[]
const named = (name: string) => records.filter(({ Name, Type }) => Name === `${name}.example.com` && Type === 'A')
/** Pairs of the name for writes, in the order in which they are asked. */
const pairs = recovery.ofType('AWS::Route53::RecordSetGroup').map(({ properties }) => properties['RecordSets'])

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

describe('names', () => {
  it('lead somewhere: every alias and origin is a record of the zone, in a stack that comes before', () => {
    const known = new Set([...records, ...pairs.flat()].map(({ Name }) => Name))
    const targets = [
      ...records.map(({ AliasTarget }) => AliasTarget.DNSName).filter((name) => typeof name === 'string'),
      ...pairs.flat().flatMap(({ ResourceRecords }) => ResourceRecords),
    ]
    expect(targets.length).toBeGreaterThan(regions.length)
    for (const name of targets) expect(known).toContain(name)
    for (const { DomainName } of distribution.Origins) expect(known).toContain(DomainName)
    expect(named('registry').map(({ AliasTarget }) => AliasTarget.HostedZoneId)).toEqual(['Z2FDTNDATAQYW2'])
  })

  it('of reads are near to who asks, one a region, and out when the region is not healthy', () => {
    const reads = named('reads.origin')
    expect(reads.map(({ Region }) => Region)).toEqual(regions)
    for (const { Region, AliasTarget, HealthCheckId } of reads) {
      expect(AliasTarget.DNSName).toBe(`${Region}.origin.example.com`)
      expect(HealthCheckId).toBeDefined()
    }
  })

  it('of the spare never lead to the region whose spare they are', () => {
    const spare = named('spare.origin')
    expect(new Set(spare.map(({ Region }) => Region))).toEqual(new Set(regions))
    expect(spare).toHaveLength(regions.length)
    for (const { Region, AliasTarget } of spare) {
      expect(AliasTarget.DNSName).toBe(`${spareOf(regions, Region)}.origin.example.com`)
      expect(AliasTarget.DNSName).not.toContain(Region)
    }
  })

  it('of writes are one pair a plan: each plan turns its own, and the next is asked while it has not', () => {
    const [outer, inner] = pairs
      .map((pair) =>
        pair.map(({ Name, Type, Failover, SetIdentifier, ResourceRecords }: Resource['properties']) => [
          Name,
          Type,
          Failover,
          SetIdentifier,
          ResourceRecords,
        ]),
      )
      .toReversed()
    expect(pairs).toHaveLength(2)
    expect(outer).toEqual([
      ['writes.origin.example.com', 'CNAME', 'PRIMARY', 'us-east-1', ['eu-west-1.writes.origin.example.com']],
      ['writes.origin.example.com', 'CNAME', 'SECONDARY', 'us-west-2', ['us-west-2.origin.example.com']],
    ])
    expect(inner).toEqual([
      ['eu-west-1.writes.origin.example.com', 'CNAME', 'PRIMARY', 'us-east-1', ['us-east-1.origin.example.com']],
      ['eu-west-1.writes.origin.example.com', 'CNAME', 'SECONDARY', 'eu-west-1', ['eu-west-1.origin.example.com']],
    ])
  })

  it('of each region are what its health check asks for, and what its listener answers to', () => {
    for (const [region, stack] of origins) {
      const host = `registry.${region}.origin.example.com`
      const check = edge.get(`Health${region.replaceAll('-', '')}registry`)
      expect(check.properties['HealthCheckConfig']).toMatchObject({
        Type: 'HTTPS',
        FullyQualifiedDomainName: host,
        ResourcePath: '/health/ready',
      })
      const service = stackOf(stack.file.replace('-origin', '-service'))
      expect(service.get('registryproduction').properties['Conditions']).toMatchObject([
        { HostHeaderConfig: { Values: ['registry.example.com', host] } },
      ])
    }
  })

  it('without a distribution are the load balancer’s own, and the name for writes where there are several regions', () => {
    const text = '{ domain: example.com, hostedZoneId: Z1 }'
    const one = stacksOf(profileState('dev', text)).get('prod/sluice-prod-origin.template.json')
    expect(one?.get('Publicregistry').properties).toMatchObject({ Name: 'registry.example.com', Type: 'A' })
    const many = stacksOf(profileState('global', text)).get('prod/sluice-prod-recovery.template.json')
    expect(many?.get('Publicregistry').properties).toMatchObject({
      Name: 'registry.example.com',
      Type: 'CNAME',
      ResourceRecords: ['writes.origin.example.com'],
    })
  })

  it('of what people learn of a lost region by: an alarm on each health check', () => {
    for (const { properties } of edge.ofType('AWS::CloudWatch::Alarm')) {
      expect(properties).toMatchObject({
        Namespace: 'AWS/Route53',
        MetricName: 'HealthCheckStatus',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        TreatMissingData: 'breaching',
      })
      expect(JSON.stringify(properties['AlarmActions'])).toContain('sluice-prod')
    }
  })
})

describe('the firewall', () => {
  const { Rules, Scope } = edge.get('Firewall').properties
  const rule = (name: string) => Rules.find(({ Name }: { Name: string }) => Name === name)
  const overrides = rule('AWSManagedRulesCommonRuleSet').Statement.ManagedRuleGroupStatement.RuleActionOverrides

  it('stands before the distribution', () => {
    expect(Scope).toBe('CLOUDFRONT')
    expect(distribution.WebACLId).toEqual({ 'Fn::GetAtt': ['Firewall', 'Arn'] })
  })

  it('lets large bodies pass: a publish is megabytes', () => {
    expect(overrides).toContainEqual({ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } })
  })

  it('blocks what a body carries for everything but PUT, label by label', () => {
    const bodies = overrides.map(({ Name }: { Name: string }) => Name).filter((name: string) => name.endsWith('_BODY'))
    const [notPut, labels] = rule('BodiesOfOthers').Statement.AndStatement.Statements
    expect(rule('BodiesOfOthers').Action).toEqual({ Block: {} })
    expect(rule('BodiesOfOthers').Priority).toBeGreaterThan(rule('AWSManagedRulesCommonRuleSet').Priority)
    expect(notPut.NotStatement.Statement.ByteMatchStatement).toMatchObject({
      SearchString: 'PUT',
      PositionalConstraint: 'EXACTLY',
    })
    const blocked = labels.OrStatement.Statements.map(
      ({ LabelMatchStatement }: { LabelMatchStatement: { Key: string } }) => LabelMatchStatement.Key.split(':').at(-1),
    )
    expect(blocked.map((label: string) => label.toUpperCase()).toSorted()).toEqual(
      bodies
        .filter((name: string) => name !== 'SizeRestrictions_BODY')
        .map((name: string) => name.toUpperCase())
        .toSorted(),
    )
  })

  it('tells who asks too often to ask again later', () => {
    expect(rule('Rate')).toMatchObject({
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300 } },
    })
  })

  it('writes down what it blocked and counted, without tokens', () => {
    const { LoggingFilter, RedactedFields } = edge.get('FirewallLogging').properties
    expect(LoggingFilter).toMatchObject({ DefaultBehavior: 'DROP', Filters: [{ Behavior: 'KEEP' }] })
    expect(RedactedFields).toEqual(
      ['authorization', 'cookie', 'x-sluice-origin'].map((Name) => ({ SingleHeader: { Name } })),
    )
    expect(edge.get('FirewallLogs').properties['LogGroupName']).toMatch(/^aws-waf-logs-/)
  })
})

describe('the load balancers behind a distribution', () => {
  const primary = stackOf('prod/sluice-prod-origin.template.json')
  const value = '{{resolve:secretsmanager:sluice/prod/edge/origin-1:SecretString:value}}'

  it('are guarded in every region: everything is blocked but what one rule knows', () => {
    for (const stack of origins.values()) {
      const { DefaultAction, Rules, Scope } = stack.get('Guard').properties
      expect([Scope, DefaultAction, Rules.length]).toEqual(['REGIONAL', { Block: {} }, 1])
      expect(stack.get('Guarded').properties).toEqual({
        ResourceArn: { 'Fn::ImportValue': 'sluice-prod-load-balancer-arn' },
        WebACLArn: { 'Fn::GetAtt': ['Guard', 'Arn'] },
      })
      expect(stack.get('FirewallLogs').properties['LogGroupName']).toMatch(/^aws-waf-logs-/)
    }
  })

  it('know their distribution by a secret that no template holds, which it says to every origin', () => {
    for (const stack of origins.values()) {
      const [said] = stack.get('Guard').properties['Rules'][0].Statement.OrStatement.Statements
      expect(said.ByteMatchStatement).toMatchObject({
        FieldToMatch: { SingleHeader: { Name: 'x-sluice-origin' } },
        PositionalConstraint: 'EXACTLY',
        SearchString: value,
      })
    }
    for (const { OriginCustomHeaders } of distribution.Origins) {
      expect(OriginCustomHeaders).toEqual([{ HeaderName: 'x-sluice-origin', HeaderValue: value }])
    }
  })

  it('have the secret in every region under one name, made in the primary before the others ask for it', () => {
    expect(primary.get('Secret1').properties).toMatchObject({
      Name: 'sluice/prod/edge/origin-1',
      GenerateSecretString: { PasswordLength: 64 },
    })
    const replicas = primary.get('Secret1').properties['ReplicaRegions'] as { Region: string }[]
    expect(replicas.map(({ Region }) => Region)).toEqual(['us-west-2', 'eu-west-1'])
    expect(primary.get('Guard').raw.DependsOn).toContain('Secret1')
    const order = waves(plan).map((wave) => wave.map(({ id }) => id))
    const at = (id: string) => order.findIndex((wave) => wave.includes(id))
    for (const region of regions.slice(1))
      expect(at(`prod/origin/${region}`)).toBeGreaterThan(at('prod/origin/us-east-1'))
  })

  it('let in who checks health, at the path for it alone', () => {
    const [, checks, ...others] = primary.get('Guard').properties['Rules'][0].Statement.OrStatement.Statements
    expect(others).toEqual([])
    const [from, path] = checks.AndStatement.Statements
    expect(from.IPSetReferenceStatement.Arn).toEqual({ 'Fn::GetAtt': ['HealthCheckers', 'Arn'] })
    expect(path.ByteMatchStatement).toMatchObject({ FieldToMatch: { UriPath: {} }, SearchString: '/health/ready' })
    expect(primary.get('HealthCheckers').properties['Addresses']).toContain('15.177.0.0/18')
  })

  it('let in testers of a new revision by their addresses', () => {
    const text = wholeEdge.replace('{', '{ testers: [203.0.113.0/28],')
    const stack = stacksOf(profileState('production', text)).get('prod/sluice-prod-origin.template.json')
    expect(stack?.get('Testers').properties['Addresses']).toEqual(['203.0.113.0/28'])
    expect(stack?.get('Guard').properties['Rules'][0].Statement.OrStatement.Statements).toHaveLength(3)
  })

  it('are not guarded where there is no distribution: clients come from anywhere', () => {
    const text = '{ domain: example.com, hostedZoneId: Z1 }'
    for (const [file, stack] of stacksOf(profileState('global', text)))
      expect(stack.ofType('AWS::WAFv2::WebACL'), file).toEqual([])
  })
})
