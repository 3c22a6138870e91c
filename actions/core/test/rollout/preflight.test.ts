import { describe, expect, it } from 'vitest'
import { checkPreflight, type PreflightFacts } from '../../src/rollout/preflight.ts'
import { aService, digest, skeleton, start } from './fakes.ts'

const good: PreflightFacts = {
  deployments: [
    { arn: 'arn:deployment/0', status: 'SUCCESSFUL', revisionArn: 'arn:service-revision/0', createdAt: start },
  ],
  isImageThere: true,
  alarms: { 'high-errors': 'OK' },
  routing: {
    production: [
      { targetGroupArn: 'arn:blue', weight: 100 },
      { targetGroupArn: 'arn:green', weight: 0 },
    ],
    test: [{ targetGroupArn: 'arn:blue', weight: 1 }],
    healthyTargets: { 'arn:blue': 2 },
    servingByRevision: 'arn:blue',
  },
  requestsPerSecond: 50,
}
const service = aService({ rollout: { strategy: 'LINEAR', stepPercent: 25, alarms: ['high-errors'] } })
const routing = (changes: Partial<NonNullable<PreflightFacts['routing']>>): PreflightFacts => ({
  ...good,
  routing: { ...(good.routing as NonNullable<PreflightFacts['routing']>), ...changes },
})
const check = (facts: PreflightFacts, of = service) =>
  checkPreflight({ environment: 'prod', name: 'registry', service: of, skeleton }, facts).map(({ message }) => message)

describe('checkPreflight', () => {
  it('finds nothing where nothing stands against starting', () => {
    expect(check(good)).toEqual([])
  })

  it.each(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'])(
    'does not mind stacks that nobody works on (%s)',
    (status) => {
      expect(check({ ...good, stack: { name: 'sluice-prod-service', status } })).toEqual([])
    },
  )

  it.each<[string, PreflightFacts, RegExp]>([
    [
      'a deployment in flight',
      {
        ...good,
        deployments: [{ arn: 'arn:deployment/9', status: 'IN_PROGRESS', revisionArn: 'arn:r/9', createdAt: start }],
      },
      /expected no deployment in flight, found arn:deployment\/9 \(IN_PROGRESS\)/,
    ],
    [
      'a held digest',
      { ...good, hold: { digest, reason: 'errors', at: start.toISOString(), serviceDeploymentArn: 'arn:x' } },
      /is held in prod since .*: errors/,
    ],
    [
      'stacks that are being changed',
      { ...good, stack: { name: 'sluice-prod-service', status: 'UPDATE_IN_PROGRESS' } },
      /expected the stack sluice-prod-service at rest, found UPDATE_IN_PROGRESS/,
    ],
    [
      'a missing image',
      { ...good, isImageThere: false },
      /expected the image component-registry@sha256:a+ in the registry/,
    ],
    ['a missing alarm', { ...good, alarms: {} }, /expected the alarm high-errors, found none/],
    [
      'an alarm that rings already',
      { ...good, alarms: { 'high-errors': 'ALARM' } },
      /in ALARM already, so ECS would ignore it/,
    ],
    ['no load balancing', { ...good, routing: undefined }, /expected two target groups and listener rules/],
    [
      'a foreign target group',
      routing({ test: [{ targetGroupArn: 'arn:other', weight: 1 }] }),
      /foreign target group arn:other/,
    ],
    [
      'a target group in no rule',
      routing({ production: [{ targetGroupArn: 'arn:blue', weight: 1 }] }),
      /expected arn:green in the production or the test rule/,
    ],
    [
      'two serving target groups',
      routing({
        production: [
          { targetGroupArn: 'arn:blue', weight: 50 },
          { targetGroupArn: 'arn:green', weight: 50 },
        ],
      }),
      /exactly one target group that serves production, found arn:blue \(50\), arn:green \(50\)/,
    ],
    ['no healthy target', routing({ healthyTargets: {} }), /expected healthy targets in arn:blue/],
    [
      'a rule that was moved by hand',
      routing({ servingByRevision: 'arn:green' }),
      /production points at arn:blue, but the running revision is in arn:green/,
    ],
    [
      'traffic too thin for the judge, with the numbers',
      { ...good, requestsPerSecond: 0.5 },
      /0\.5 requests a second x 25 % for 30m gives the new revision 225 requests, and a pass needs 325 without a bad one, which takes 43m 20s/,
    ],
    ['no traffic at all', { ...good, requestsPerSecond: 0 }, /which never comes/],
  ])('refuses %s', (_, facts, message) => {
    const problems = check(facts)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(message)
  })

  it('does not ask for traffic or rules where nothing is compared', () => {
    const quiet = { ...good, requestsPerSecond: 0 }
    expect(check(quiet, aService({ rollout: { strategy: 'BLUE_GREEN' } }))).toEqual([])
    expect(check({ ...quiet, routing: undefined }, aService({ rollout: { strategy: 'ROLLING' } }))).toEqual([])
  })

  it('names everything at once', () => {
    expect(check({ ...good, isImageThere: false, alarms: {}, requestsPerSecond: 0 })).toHaveLength(3)
  })
})
