import { describe, expect, it } from 'vitest'
import { boundaryPolicy } from '../../lib/identity/boundary.ts'
import { profileCases, profileState, wholeEdge } from '../templates.ts'
import { isGranted } from './evaluate.ts'
import known from './read-handlers.json' with { type: 'json' }
import { rolesOf, synthesized } from './templates.ts'

const account = '222222222222'
const handlers: Readonly<Record<string, readonly string[] | undefined>> = known.handlers

/** What handlers ask for and nobody who only reads is given: AWS's own ReadOnlyAccess, with which drift is detected, has none of it. */
const refused: Readonly<Record<string, RegExp>> = {
  'secrets themselves: a template holds none, and what is compared is in DescribeSecret':
    /^secretsmanager:GetSecretValue$/,
  'changes, which a handler shares with those that create':
    /^(cloudwatch:PutMetricData|.*:(Associate|Disassociate|Set)Web(ACL|Acl)|ec2:(Associate|Disassociate|Get)VerifiedAccess.*)$/,
  'services that the environments have not': /^(amplify|apigateway|apprunner|appsync|cognito-idp|vpc-lattice):/,
}

/** Names that are asked for by their own, where a permission names what it is given on. */
const resources: Readonly<Record<string, string>> = {
  'cloudfront:GetDistribution': `arn:aws:cloudfront::${account}:distribution/E1`,
  'cloudfront:GetDistributionConfig': `arn:aws:cloudfront::${account}:distribution/E1`,
  ...Object.fromEntries(
    ['GetFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionRecursionConfig', 'GetPolicy'].map((action) => [
      `lambda:${action}`,
      `arn:aws:lambda:us-east-1:${account}:function:sluice-prod-rotate-passwords`,
    ]),
  ),
  's3:ListBucket': 'arn:aws:s3:::sluice-prod-artifacts-222222222222-us-east-1',
  'ssm:GetParameters': `arn:aws:ssm:us-east-1:${account}:parameter/sluice/prod/registry/task-skeleton`,
  'wafv2:GetWebACL': `arn:aws:wafv2:us-east-1:${account}:global/webacl/sluice-prod/1`,
  'wafv2:GetWebACLForResource': `arn:aws:wafv2:us-east-1:${account}:regional/webacl/sluice-prod-origin/1`,
}
const asked = (action: string) => ({
  action,
  resource: resources[action] ?? 'arn:aws:any:us-east-1:222222222222:thing',
  keys: { 'aws:RequestedRegion': 'us-east-1' },
})

const cases = profileCases.flatMap(({ profile }) =>
  ['{}', wholeEdge].map((edge) => ({ profile, edge, door: edge === '{}' ? 'the load balancer' : 'CloudFront' })),
)

describe.each(cases)('drift detection of $profile behind $door', ({ profile, edge }) => {
  const all = synthesized(profileState(profile, edge))
  const own = all.filter(({ file }) => file.startsWith('prod/'))
  const types = [...new Set(own.map(({ Type }) => Type))]
  const reading = rolesOf(all).filter(({ name }) => /^sluice-(drift|infra)-prod$/.test(name))
  const boundary = boundaryPolicy(account, ['us-east-1', 'us-west-2', 'eu-west-1']).Statement

  it('meets no type whose read handler nobody has looked at', () => {
    expect(types.filter((type) => handlers[type] == null && !known.withoutHandler.includes(type))).toEqual([])
  })

  it('may read all that the handlers of its types ask for, within the boundary', () => {
    expect(reading).toHaveLength(2)
    const wanted = [...new Set(types.flatMap((type) => handlers[type] ?? []))].filter(
      (action) => !Object.values(refused).some((pattern) => pattern.test(action)),
    )
    for (const { statements } of reading) {
      expect(wanted.filter((action) => !isGranted(statements, asked(action)))).toEqual([])
      expect(wanted.filter((action) => !isGranted(boundary, asked(action)))).toEqual([])
    }
  })

  it('is not given what is refused', () => {
    const actions = [...Object.values(handlers).flatMap((one) => one ?? []), 'secretsmanager:GetSecretValue']
    const kept = actions.filter((action) => Object.values(refused).some((pattern) => pattern.test(action)))
    expect(kept.length).toBeGreaterThan(5)
    for (const { statements } of reading)
      for (const action of kept) expect(isGranted(statements, { ...asked(action), resource: '*' }), action).toBe(false)
  })

  it('can see what load balancers know their distribution by only where there is one, and nothing of other environments', () => {
    const hasDistribution = types.includes('AWS::CloudFront::Distribution')
    for (const { statements } of reading) {
      const sees = (action: string, resource = resources[action] ?? '') =>
        isGranted(statements, { ...asked(action), resource })
      expect(sees('cloudfront:GetDistribution')).toBe(hasDistribution)
      expect(sees('wafv2:GetWebACL')).toBe(hasDistribution)
      expect(sees('wafv2:GetWebACL', `arn:aws:wafv2:us-east-1:${account}:global/webacl/others/1`)).toBe(false)
      expect(sees('ssm:GetParameters', `arn:aws:ssm:us-east-1:${account}:parameter/sluice/prod/license`)).toBe(false)
      expect(sees('s3:ListBucket', 'arn:aws:s3:::sluice-stage-artifacts')).toBe(false)
    }
  })
})

describe.each([
  ['sluice-infra-shared', /^shared\/.*-(identity|registry)\./],
  // The account's own stack is an administrator's to deploy, and watched like the others.
  ['sluice-drift-shared', /^shared\/.*-(identity|registry|account\.999999999999)\./],
])('%s', (role, files) => {
  const artifacts = '999999999999'
  const all = synthesized(profileState('global'))
  const types = [...new Set(all.filter(({ file }) => files.test(file)).map(({ Type }) => Type))]
  const statements = rolesOf(all).find(({ name }) => name === role)?.statements ?? []
  const own: Readonly<Record<string, string>> = {
    'iam:GetOpenIDConnectProvider': `arn:aws:iam::${artifacts}:oidc-provider/token.actions.githubusercontent.com`,
    ...Object.fromEntries(
      ['GetPolicy', 'GetPolicyVersion', 'ListEntitiesForPolicy'].map((action) => [
        `iam:${action}`,
        `arn:aws:iam::${artifacts}:policy/sluice-boundary`,
      ]),
    ),
  }
  const ofShared = (action: string) => ({ ...asked(action), ...(own[action] == null ? {} : { resource: own[action] }) })

  it('may read all that the handlers of its types ask for, within the boundary, and nothing of the images', () => {
    expect(types).toEqual(expect.arrayContaining(['AWS::ECR::Repository', 'AWS::ECR::ReplicationConfiguration']))
    expect(types.includes('AWS::IAM::ManagedPolicy')).toBe(role === 'sluice-drift-shared')
    const boundary = boundaryPolicy(artifacts, ['us-east-1', 'us-west-2', 'eu-west-1']).Statement
    const wanted = types.flatMap((type) => handlers[type] ?? [`nobody has looked at ${type}`])
    for (const granted of [statements, boundary])
      expect(wanted.filter((action) => !isGranted(granted, ofShared(action)))).toEqual([])
    for (const action of [
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
      'ecr:SetRepositoryPolicy',
      'iam:PutRolePolicy',
      'iam:CreatePolicyVersion',
    ])
      expect(isGranted(statements, asked(action)), action).toBe(false)
  })

  it('looks at no stack of an environment, and at no policy that is not ours', () => {
    const stack = (name: string) => ({
      ...asked('cloudformation:DetectStackDrift'),
      resource: `arn:aws:cloudformation:us-east-1:${artifacts}:stack/${name}/1`,
    })
    expect(isGranted(statements, stack('sluice-shared-registry'))).toBe(true)
    expect(isGranted(statements, stack('sluice-prod-data'))).toBe(false)
    const foreign = { ...asked('iam:GetPolicyVersion'), resource: `arn:aws:iam::${artifacts}:policy/payroll` }
    expect(isGranted(statements, foreign)).toBe(false)
  })
})

it('changes nothing: who compares with git has no action but those that read and detect', () => {
  const drift = rolesOf(synthesized(profileState('global'))).filter(({ name }) => name.startsWith('sluice-drift-'))
  expect(drift.map(({ name }) => name)).toContain('sluice-drift-shared')
  for (const { name, statements } of drift)
    for (const action of statements.flatMap(({ Action }) => Action))
      expect(action, name).toMatch(/^[\w-]+:(BatchDescribe|Describe|Detect|Get|List)/)
})
