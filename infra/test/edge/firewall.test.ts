import { describe, expect, it } from 'vitest'
import { waves } from '../../lib/planning/stack-plan.ts'
import { profileState, stacksOf, wholeEdge } from '../templates.ts'
import { plan, edge, regions, origins, stackOf, distribution } from './whole-edge.ts'

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
