import { describe, expect, it } from 'vitest'
import { serviceChanges } from '../../src/cloudformation/service-changes.ts'

const before = {
  serviceName: 'web',
  cluster: 'prod',
  taskDefinition: 'web',
  healthCheckGracePeriodSeconds: 60,
  loadBalancers: [{ targetGroupArn: 'blue' }],
}

describe('an update of a service by CloudFormation', () => {
  it.each([
    ['changed', { healthCheckGracePeriodSeconds: 90 }],
    ['with-task-definition', { healthCheckGracePeriodSeconds: 90, taskDefinition: 'web' }],
  ] as const)('sends what is %s', (updates, sent) => {
    expect(serviceChanges(before, { ...before, healthCheckGracePeriodSeconds: 90 }, updates)).toEqual(sent)
  })

  it.each(['changed', 'with-task-definition'] as const)('sends nothing when only tags change (%s)', (updates) => {
    expect(serviceChanges(before, { ...before, tags: [{ key: 'a' }] }, updates)).toEqual({})
  })

  it('resets what the template no longer names', () => {
    const { healthCheckGracePeriodSeconds: _, ...after } = before
    expect(serviceChanges(before, after, 'changed')).toEqual({ healthCheckGracePeriodSeconds: 0 })
  })

  it('refuses to replace the service', () => {
    expect(() => serviceChanges(before, { ...before, serviceName: 'other' }, 'changed')).toThrow(
      'a change of serviceName',
    )
  })
})
