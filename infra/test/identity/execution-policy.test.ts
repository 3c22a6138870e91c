import { describe, expect, it } from 'vitest'
import { boundaryPolicy } from '../../lib/identity/boundary.ts'
import { executionPolicy } from '../../lib/identity/execution-policy.ts'
import { desiredState } from '../desired-state.ts'
import { isGranted, type Ask } from './evaluate.ts'
import { rolesOf, synthesized } from './templates.ts'

const account = '222222222222'
const regions = ['us-east-1', 'eu-west-1']
const prod = executionPolicy({ part: 'prod', account, regions }).Statement
const boundary = boundaryPolicy(account, regions).Statement
const here = { 'aws:RequestedRegion': 'eu-west-1' }
const iam = (kind: string, name: string) => `arn:aws:iam::${account}:${kind}/${name}`
const bounded = { 'iam:PermissionsBoundary': iam('policy', 'sluice-boundary') }
const role = iam('role', 'prod-registry-task')

describe('the policy that CloudFormation works with', () => {
  it.each<[what: string, ask: Ask]>([
    ['a cluster', { action: 'ecs:CreateCluster', resource: '*', keys: here }],
    ['a subnet', { action: 'ec2:CreateSubnet', resource: '*', keys: here }],
    ['a global database', { action: 'rds:CreateGlobalCluster', resource: '*', keys: here }],
    [
      'a task skeleton',
      {
        action: 'ssm:PutParameter',
        resource: `arn:aws:ssm:eu-west-1:${account}:parameter/sluice/prod/web/task-skeleton`,
      },
    ],
    ['a role with the boundary', { action: 'iam:CreateRole', resource: role, keys: bounded }],
    ['its policy', { action: 'iam:PutRolePolicy', resource: role, keys: bounded }],
    [
      'a role for the tasks of a service',
      { action: 'iam:PassRole', resource: role, keys: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    ],
  ])('makes %s', (_, ask) => {
    expect(isGranted(prod, ask)).toBe(true)
  })

  it.each<[what: string, ask: Ask]>([
    ['a role without the boundary', { action: 'iam:CreateRole', resource: role }],
    [
      'a role with another boundary',
      { action: 'iam:CreateRole', resource: role, keys: { 'iam:PermissionsBoundary': iam('policy', 'sluice-wide') } },
    ],
    ['a role without a boundary that it had', { action: 'iam:DeleteRolePermissionsBoundary', resource: role }],
    [
      "an administrator's role",
      {
        action: 'iam:AttachRolePolicy',
        resource: role,
        keys: { ...bounded, 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
    ],
    ['another boundary', { action: 'iam:CreatePolicyVersion', resource: iam('policy', 'sluice-boundary') }],
    ['a policy of its own', { action: 'iam:CreatePolicyVersion', resource: iam('policy', 'sluice-execution-prod') }],
    ['a user', { action: 'iam:CreateUser', resource: iam('user', 'sluice-mallory') }],
    ['another identity provider', { action: 'iam:CreateOpenIDConnectProvider', resource: '*' }],
    [
      "a change of CDK's own roles",
      { action: 'iam:UpdateAssumeRolePolicy', resource: iam('role', 'cdk-hnb659fds-deploy') },
    ],
    [
      'a role for a service that runs code of its own',
      { action: 'iam:PassRole', resource: role, keys: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    ],
    ['a machine', { action: 'ec2:RunInstances', resource: '*', keys: here }],
    [
      'anything in a region that the environment has not',
      { action: 'ecs:CreateCluster', resource: '*', keys: { 'aws:RequestedRegion': 'ap-south-1' } },
    ],
    [
      'a parameter of another environment',
      { action: 'ssm:PutParameter', resource: `arn:aws:ssm:eu-west-1:${account}:parameter/sluice/dev/web/hold` },
    ],
    [
      'a secret of another environment',
      {
        action: 'secretsmanager:GetSecretValue',
        resource: `arn:aws:secretsmanager:eu-west-1:${account}:secret:sluice/dev/database`,
      },
    ],
    ['a bucket of somebody else', { action: 's3:PutBucketPolicy', resource: 'arn:aws:s3:::payroll' }],
  ])('does not make %s', (_, ask) => {
    expect(isGranted(prod, ask)).toBe(false)
  })
})

describe('where passwords are rotated by a function', () => {
  const name = 'sluice-prod-rotate-passwords'
  const policy = executionPolicy({ part: 'prod', account, regions, functions: [name] }).Statement
  const functionArn = (one: string) => `arn:aws:lambda:eu-west-1:${account}:function:${one}`
  const pass = (passed: string): Ask => ({
    action: 'iam:PassRole',
    resource: iam('role', passed),
    keys: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  })

  it.each<[what: string, ask: Ask]>([
    ['makes it', { action: 'lambda:CreateFunction', resource: functionArn(name) }],
    ['changes its code', { action: 'lambda:UpdateFunctionCode', resource: functionArn(name) }],
    ['lets Secrets Manager call it', { action: 'lambda:AddPermission', resource: functionArn(name) }],
    [
      'may call it, without which no rotation is turned on',
      { action: 'lambda:InvokeFunction', resource: functionArn(name) },
    ],
    ['gives it its role', pass(name)],
    ['makes that role, with the boundary', { action: 'iam:CreateRole', resource: iam('role', name), keys: bounded }],
  ])('CloudFormation %s', (_, ask) => {
    expect(isGranted(policy, ask)).toBe(true)
  })

  it.each<[what: string, ask: Ask]>([
    ['another function', { action: 'lambda:CreateFunction', resource: functionArn('sluice-prod-mallory') }],
    [
      'the function of another environment',
      { action: 'lambda:UpdateFunctionCode', resource: functionArn('sluice-dev-rotate-passwords') },
    ],
    ["a function with a task's role", pass('prod-registry-task')],
    ['a role without the boundary', { action: 'iam:CreateRole', resource: iam('role', name) }],
  ])('CloudFormation does not make %s', (_, ask) => {
    expect(isGranted(policy, ask)).toBe(false)
  })

  it('makes no function where RDS rotates them', () => {
    expect(isGranted(prod, { action: 'lambda:CreateFunction', resource: functionArn(name) })).toBe(false)
    expect(isGranted(prod, pass(name))).toBe(false)
  })
})

describe('the boundary', () => {
  it.each<[what: string, ask: Ask]>([
    ['a role', { action: 'iam:CreateRole', resource: role, keys: here }],
    ['an access key', { action: 'iam:CreateAccessKey', resource: iam('user', 'x'), keys: here }],
    ['a change of the organisation', { action: 'organizations:LeaveOrganization', resource: '*', keys: here }],
    [
      'anything elsewhere',
      { action: 'ecs:UpdateService', resource: '*', keys: { 'aws:RequestedRegion': 'ap-south-1' } },
    ],
    ["a role that is not CDK's", { action: 'sts:AssumeRole', resource: iam('role', 'admin'), keys: here }],
    [
      "CDK's role of another account",
      { action: 'sts:AssumeRole', resource: 'arn:aws:iam::333333333333:role/cdk-hnb659fds-deploy', keys: here },
    ],
  ])('keeps every role from %s', (_, ask) => {
    expect(isGranted(boundary, ask)).toBe(false)
  })

  it('takes nothing from the roles of an environment that their own policies give', () => {
    const own = rolesOf(synthesized(desiredState())).filter(({ file }) => file.startsWith('prod/'))
    for (const { name, statements } of own)
      for (const { Action, Resource, Condition = {} } of statements)
        for (const action of Action.filter((one) => !one.includes('*')))
          for (const resource of [Resource].flat().filter((one) => typeof one === 'string')) {
            const keys = Object.fromEntries(
              Object.values(Condition).flatMap((wanted) =>
                Object.entries(wanted).map(([key, values]) => [key, [values].flat()[0] ?? '']),
              ),
            )
            expect(
              isGranted(boundary, { action, resource, keys: { ...keys, 'aws:RequestedRegion': 'us-east-1' } }),
              `${name}: ${action}`,
            ).toBe(true)
          }
  })
})
