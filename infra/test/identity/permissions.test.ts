import { describe, expect, it } from 'vitest'
import type { Statement } from '../../lib/identity/policy.ts'
import { desiredState } from '../desired-state.ts'
import reference from './service-authorization.json' with { type: 'json' }
import { rolesOf, synthesized } from './templates.ts'

const resources = synthesized(desiredState({ prod: { regions: '[us-east-1, eu-west-1]' } }))
const all = rolesOf(resources)
const delivery = all.filter(({ trust }) => JSON.stringify(trust).includes('AssumeRoleWithWebIdentity'))
/** ARNs that CloudFormation fills in are objects; they name one resource each. */
const asList = (value: string | readonly string[]): readonly string[] => [value].flat()

/** Resource types of an action: `name` where IAM asks for one, `name?` where it takes one. */
const typesOf: Readonly<Record<string, readonly string[] | undefined>> = reference.actions
const arnsOf: Readonly<Record<string, string | undefined>> = reference.resourceTypes

/** Granted on everything although IAM knows resources for it, each for a reason. */
const onEverything: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'composite alarms are described with a permission on everything alone (DescribeAlarms)',
  'cloudwatch:GetMetricData': 'metrics have no ARNs; only shared data sets do',
}

/** Statements of wildcards that read settings: bound by region, checked on their own. */
const isReading = ({ Condition }: Statement) => Condition?.['StringEquals']?.['aws:RequestedRegion'] != null
const statements = delivery.flatMap(({ name, statements: own }) =>
  own.filter((one) => !isReading(one)).map((statement) => [name, statement] as const),
)

/** Whether an ARN of a policy can name a resource of a type: the reference's placeholders take anything, the rest is literal. */
function isOfType(arn: string, service: string, type: string): boolean {
  const form = arnsOf[`${service}:${type}`]
  if (form == null) throw new Error(`${service}:${type} is not in service-authorization.json`)
  const literal = form.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()[\]{}|\\/]/g, String.raw`\$&`))
  return new RegExp(`^${literal.join('.*')}$`).test(arn)
}

/** What is wrong with granting an action on these ARNs. */
function problemsOf(action: string, arns: readonly string[]): string[] {
  const types = typesOf[action]
  if (!types) return [`${action} is not in service-authorization.json (${reference.date})`]
  if (types.length === 0 || onEverything[action] != null)
    return arns.join() === '*' ? [] : ['IAM grants it on everything or not at all']
  if (arns.includes('*')) return ['it is granted on everything, and IAM knows resources for it']
  const [service = ''] = action.split(':')
  const missing = types
    .map((type) => type.replace('?', ''))
    .filter((type) => !arns.some((arn) => isOfType(arn, service, type)))
  const isOptional = types.every((type) => type.endsWith('?'))
  if (isOptional && missing.length < types.length) return []
  return missing.map((type) => `IAM asks for a resource of the type ${type} as well`)
}

describe.each(statements)('%s: %o', (name, { Action, Resource }) => {
  const arns = asList(Resource)

  it.each(Action)('grants %s as the Service Authorization Reference has it', (action) => {
    expect(problemsOf(action, arns), name).toEqual([])
  })

  it.each(arns.filter((arn) => arn !== '*'))('names %s for some action', (arn) => {
    const types = Action.flatMap((action) =>
      (typesOf[action] ?? []).map((type) => [action.split(':')[0] ?? '', type.replace('?', '')] as const),
    )
    expect(types.some(([service, type]) => isOfType(arn, service, type))).toBe(true)
  })
})

describe('roles', () => {
  it('read no data for the drift report: no object, item, secret or log line', () => {
    const read = delivery
      .filter(({ name }) => /^sluice-(drift|infra)-/.test(name))
      .flatMap(({ statements: own }) => own)
    const actions = read.flatMap(({ Action }) => Action)
    for (const data of [
      's3:GetObject',
      'dynamodb:GetItem',
      'dynamodb:Scan',
      'secretsmanager:GetSecretValue',
      'logs:GetLogEvents',
      'kms:Decrypt',
    ])
      expect(actions.filter((action) => new RegExp(`^${action.replaceAll('*', '.*')}$`).test(data))).toEqual([])
  })

  it.each([
    ['plan', ['ecr:StartImageScan']],
    ['drift', ['cloudformation:DetectStackDrift', 'cloudformation:DetectStackResourceDrift']],
    ['rollout', ['ecs:ContinueServiceDeployment', 'ecs:StopServiceDeployment']],
    [
      'roll-back',
      ['ecs:DeregisterTaskDefinition', 'ecs:StopServiceDeployment', 'ecs:UpdateService', 'ssm:PutParameter'],
    ],
    ['deploy', ['ecs:RegisterTaskDefinition', 'ecs:RunTask', 'ecs:TagResource', 'ecs:UpdateService', 'iam:PassRole']],
    ['recovery', ['arc-region-switch:StartPlanExecution']],
    ['infra', ['cloudformation:DetectStackDrift', 'cloudformation:DetectStackResourceDrift', 'sts:AssumeRole']],
  ])('of the kind %s change nothing but %j', (kind, changing) => {
    const own = delivery.filter(({ name }) => ['dev', 'stage', 'prod'].some((env) => name === `sluice-${kind}-${env}`))
    expect(own).toHaveLength(3)
    const actions = own.flatMap(({ statements: one }) => one.flatMap(({ Action }) => Action))
    const changes = new Set(actions.filter((action) => !/:(BatchDescribe|BatchGet|Describe|Get|List)/.test(action)))
    expect([...changes].sort()).toEqual(changing)
  })

  it('that move an environment to another region start its own plans and leave the moving to ARC', () => {
    const started = delivery
      .filter(({ name }) => name === 'sluice-recovery-prod')
      .flatMap(({ statements: own }) =>
        own.filter(({ Action }) => Action.includes('arc-region-switch:StartPlanExecution')),
      )
      .flatMap(({ Resource }) => asList(Resource))
    expect(started).toEqual(
      ['us-east-1', 'eu-west-1'].map(
        (region) => `arn:aws:arc-region-switch::222222222222:plan/sluice-prod-${region}:*`,
      ),
    )
  })

  it('of one environment name nothing of another', () => {
    for (const { name, statements: own } of delivery.filter(({ file }) => file.startsWith('dev/')))
      for (const arn of own.flatMap(({ Resource }) => asList(Resource)))
        expect(arn, name).not.toMatch(/prod|stage|222222222222|444444444444/)
  })

  it('that can undo a rollout update a service within its own family alone', () => {
    const [update] = delivery
      .filter(({ name }) => name === 'sluice-roll-back-prod')
      .flatMap(({ statements: own }) => own.filter(({ Action }) => Action.includes('ecs:UpdateService')))
    expect(update?.Condition).toEqual({
      ArnLike: {
        'ecs:task-definition': ['us-east-1', 'eu-west-1'].map(
          (region) => `arn:aws:ecs:${region}:222222222222:task-definition/prod-registry:*`,
        ),
      },
    })
  })

  it('are passed to ECS and to its tasks alone', () => {
    const passing = all.flatMap(({ statements: own }) => own.filter(({ Action }) => Action.includes('iam:PassRole')))
    expect(passing.length).toBeGreaterThan(0)
    for (const { Condition, Resource } of passing) {
      expect(asList(Resource).join()).not.toContain('*')
      expect(Condition?.['StringEquals']?.['iam:PassedToService']).toMatch(/^ecs(-tasks)?\.amazonaws\.com$/)
    }
  })
})
