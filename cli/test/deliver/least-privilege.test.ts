import { describe, expect, it } from 'vitest'
import type { Grant } from '../../../infra/test/identity/evaluate.ts'
import { compareUse, type RecordedCall, type Role } from './least-privilege.ts'

const service = 'arn:aws:ecs:us-east-1:000000000000:service/sluice-prod/prod-web'
const role = (statements: readonly Grant[], environment = 'prod'): Role => ({
  name: `sluice-deploy-${environment}`,
  kind: 'deploy',
  statements,
})
const call = (action: string, resource: string, keys?: Record<string, string>, environment = 'prod'): RecordedCall => ({
  principal: `arn:aws:sts::000000000000:assumed-role/sluice-deploy-${environment}/run`,
  asks: [{ action, resource, ...(keys ? { keys } : {}) }],
})
const update = { Action: ['ecs:UpdateService'], Resource: [service] }

describe('compareUse', () => {
  it('finds nothing where every grant is used and every call granted', () => {
    const found = compareUse([role([update])], [call('ecs:UpdateService', service)], {})
    expect(found).toEqual({ missing: [], unused: [], idle: [] })
  })

  it.each<[string, RecordedCall]>([
    ['action', call('ecs:DeleteService', service)],
    ['resource', call('ecs:UpdateService', service.replaceAll('prod', 'dev'))],
    ['role', call('ecs:UpdateService', service, undefined, 'stage')],
  ])('names a call of another %s', (_, other) => {
    const { missing } = compareUse([role([update])], [other], {})
    expect(missing).toEqual([expect.stringMatching(/^sluice-deploy-\w+: ecs:\w+ on arn:/)])
  })

  it.each<[boolean, Record<string, string> | undefined]>([
    [true, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }],
    [false, { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    [false, undefined],
  ])('grants %s by a condition, asked with %j', (granted, keys) => {
    const passing = {
      Action: ['iam:PassRole'],
      Resource: 'arn:aws:iam::000000000000:role/x',
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }
    const { missing } = compareUse([role([passing])], [call('iam:PassRole', passing.Resource, keys)], {})
    expect(missing).toHaveLength(granted ? 0 : 1)
  })

  it('grants nothing by an operator that it does not know', () => {
    const odd = { ...update, Condition: { NumericEquals: { 'aws:x': '1' } } }
    expect(compareUse([role([odd])], [call('ecs:UpdateService', service, { 'aws:x': '1' })], {}).missing).toHaveLength(
      1,
    )
  })

  it('names a grant that no role of its kind used', () => {
    const roles = [role([update]), role([{ ...update, Action: ['ecs:UpdateService', 'ecs:StopTask'] }], 'dev')]
    expect(compareUse(roles, [call('ecs:UpdateService', service)], {}).unused).toEqual(['deploy ecs:StopTask'])
  })

  it('takes a reason for it, and names reasons that nothing needs', () => {
    const roles = [role([{ ...update, Action: ['ecs:UpdateService', 'ecs:StopTask'] }])]
    const reserved = { deploy: { 'ecs:StopTask': 'why', 'ecs:UpdateService': 'is used', 'ecs:Gone': 'is not granted' } }
    expect(compareUse(roles, [call('ecs:UpdateService', service)], reserved)).toEqual({
      missing: [],
      unused: [],
      idle: ['deploy ecs:Gone', 'deploy ecs:UpdateService'],
    })
  })
})
