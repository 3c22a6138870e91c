import { describe, expect, it } from 'vitest'
import { describeDrift, isExpectedDrift } from '../../src/stacks/drift.ts'

const stack = {
  id: 'prod/service/us-east-1',
  environment: 'prod',
  part: 'service',
  account: '222222222222',
  region: 'us-east-1',
  name: 'sluice-prod-service',
  file: 'prod/sluice-prod-service.template.json',
  needs: [],
}
const rule = (properties: string[], status = 'MODIFIED') => ({
  logicalId: 'Rule',
  type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  status,
  properties,
})
const weight = '/Actions/0/ForwardConfig/TargetGroups/0/Weight'

describe('isExpectedDrift', () => {
  it('expects the weights that ECS moves', () => {
    expect(isExpectedDrift(rule([weight, '/Actions/0/ForwardConfig/TargetGroups/1/Weight']))).toBe(true)
  })

  it('expects the revision that a release brought', () => {
    const service = { ...rule(['/TaskDefinition']), type: 'AWS::ECS::Service' }
    expect(isExpectedDrift(service)).toBe(true)
    expect(isExpectedDrift({ ...service, properties: ['/TaskDefinition', '/HealthCheckGracePeriodSeconds'] })).toBe(
      false,
    )
    expect(isExpectedDrift({ ...service, type: 'AWS::Events::Rule' })).toBe(false)
  })

  it.each([
    ['a rule that is gone', rule([], 'DELETED')],
    ['a rule of which nothing is said', rule([])],
    ['a condition of a rule', rule([weight, '/Conditions/0/PathPatternConfig/Values/0'])],
    ['weights of something else', { ...rule([weight]), type: 'AWS::ElasticLoadBalancingV2::Listener' }],
  ])('does not expect %s', (_, resource) => {
    expect(isExpectedDrift(resource)).toBe(false)
  })
})

describe('describeDrift', () => {
  const service = {
    service: 'registry',
    region: 'us-east-1',
    released: 'sha256:a',
    running: ['sha256:a'],
    isMoving: false,
  }

  it('says nothing when all is as git says', () => {
    expect(describeDrift([{ stack, resources: [rule([weight])] }], [service])).toEqual([])
  })

  it('names what was changed by hand, and what runs that git does not name', () => {
    const group = { logicalId: 'Group', type: 'AWS::EC2::SecurityGroup', status: 'MODIFIED', properties: ['/Ingress'] }
    expect(describeDrift([{ stack, resources: [group] }], [{ ...service, running: ['sha256:a', 'sha256:b'] }])).toEqual(
      [
        'sluice-prod-service in us-east-1: Group (AWS::EC2::SecurityGroup) is modified: /Ingress',
        'registry in us-east-1: git names sha256:a, and sha256:a, sha256:b runs',
      ],
    )
  })

  it('names a stack that is not there', () => {
    expect(describeDrift([{ stack, resources: [], isMissing: true }], [])).toEqual([
      'sluice-prod-service in us-east-1: git has the stack, and the account has not',
    ])
  })

  it('does not take a rollout in flight for drift', () => {
    expect(describeDrift([], [{ ...service, running: ['sha256:b'], isMoving: true }])).toEqual([])
  })
})
