import { describe, expect, it } from 'vitest'
import { checkInfraPreflight, type ServiceFacts } from '../../src/stacks/preflight.ts'

const digest = `sha256:${'a'.repeat(64)}`
const running = 'arn:aws:ecs:us-east-1:1:task-definition/prod-registry:7'
const facts = (change: Partial<ServiceFacts> = {}): ServiceFacts => ({
  environment: 'prod',
  service: 'registry',
  region: 'us-east-1',
  current: {
    arn: 'arn:service',
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    primary: { id: 'ecs-svc/1', taskDefinitionArn: running },
    loadBalancers: [],
  },
  deployments: [],
  hold: undefined,
  newest: running,
  ...change,
})
const check = (change: Partial<ServiceFacts>, released = digest) =>
  checkInfraPreflight([facts(change)], () => released).map(({ message }) => message)
const hold = { digest, reason: 'errors', at: '2026-11-20T10:00:00.000Z', serviceDeploymentArn: 'arn:x' }
const deployment = (status: string) => ({ arn: 'arn:x', revisionArn: 'arn:r', status, createdAt: new Date(0) })

describe('checkInfraPreflight', () => {
  it('lets an environment at rest be changed, and one that is not there yet be made', () => {
    expect(check({})).toEqual([])
    expect(check({ current: undefined, newest: undefined })).toEqual([])
    expect(check({ deployments: [deployment('SUCCESSFUL')] })).toEqual([])
  })

  it.each([
    ['a rollout in flight', { deployments: [deployment('IN_PROGRESS')] }, /no rollout in flight/],
    ['a roll back in flight', { deployments: [deployment('ROLLBACK_IN_PROGRESS')] }, /no rollout in flight/],
    ['a held release', { hold }, /is held since/],
    ['a newer revision that no release runs', { newest: running.replace(':7', ':8') }, /newest active revision/],
    ['a family without an active revision', { newest: undefined }, /found none beside/],
  ])('refuses %s', (_, change, message) => {
    expect(check(change)).toEqual([expect.stringMatching(message)])
  })

  it('does not mind a hold of a release that git names no more', () => {
    expect(check({ hold }, `sha256:${'b'.repeat(64)}`)).toEqual([])
  })
})
