import { describe, expect, it } from 'vitest'
import { checkInfraPreflight, checkNoDrift, type ServiceFacts } from '../../src/stacks/preflight.ts'

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

describe('checkNoDrift', () => {
  const stack = {
    id: '',
    environment: '',
    part: '',
    account: '',
    region: 'us-east-1',
    name: 'one',
    file: '',
    needs: [],
  }
  const service = { service: 'registry', region: 'us-east-1', released: 'sha256:a', isMoving: false }
  const group = { logicalId: 'Group', type: 'AWS::EC2::SecurityGroup', status: 'MODIFIED', properties: ['/Ingress'] }

  it('lets an environment be changed that is as git says', () => {
    expect(checkNoDrift([{ stack, resources: [] }], [{ ...service, running: ['sha256:a'] }])).toEqual([])
  })

  it('names what was changed past git, and what to do', () => {
    const problems = checkNoDrift([{ stack, resources: [group] }], [{ ...service, running: ['sha256:b'] }])
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/differs: one in us-east-1: Group .* is modified: \/Ingress$/),
      expect.stringMatching(/differs: registry in us-east-1: git names sha256:a, and sha256:b runs$/),
    ])
    expect(problems.every(({ hint }) => hint?.includes('take the change back'))).toBe(true)
  })
})
