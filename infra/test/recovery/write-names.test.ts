import { describe, expect, it } from 'vitest'
import { resolveIntrinsics } from '../edge/intrinsics.ts'
import { profileState, stacksOf, wholeEdge } from '../templates.ts'

const stack = stacksOf(profileState('global', wholeEdge)).get('prod/sluice-prod-recovery.template.json')
if (!stack) throw new Error('expected a recovery stack')
const groups = stack.ofType('AWS::Route53::RecordSetGroup')

interface RecordSet {
  readonly Name: string
  readonly Failover: 'PRIMARY' | 'SECONDARY'
  readonly SetIdentifier: string
  readonly HealthCheckId: unknown
  readonly ResourceRecords: readonly string[]
}

const zone = 'Z0123456789ABCDEFGHIJ'
/** What ARC gives for the plans of two replicas, in an order of its own. */
const checks = {
  'Plan0.PlanHealthChecks': [
    `${zone}:writes.origin.example.com:us-west-2:w0`,
    `${zone}:writes.origin.example.com:us-east-1:p0`,
  ],
  'Plan1.PlanHealthChecks': [
    `${zone}:eu-west-1.writes.origin.example.com:us-east-1:p1`,
    `${zone}:eu-west-1.writes.origin.example.com:eu-west-1:w1`,
  ],
}
const records = (attributes: Readonly<Record<string, unknown>> = checks) =>
  groups.flatMap(({ properties }) =>
    (properties['RecordSets'] as RecordSet[]).map((record) => ({
      ...record,
      HealthCheckId: resolveIntrinsics(record.HealthCheckId, attributes) as string,
    })),
  )

/** Follows names as Route 53 does: the primary record while its check is healthy, or when neither is. */
function lookUp(name: string, healthy: ReadonlySet<string>): string {
  const own = records().filter((record) => record.Name === name)
  if (own.length === 0) return name
  const of = (failover: RecordSet['Failover']) => own.find((record) => record.Failover === failover)
  const isHealthy = (record: { HealthCheckId: string } | undefined) => record && healthy.has(record.HealthCheckId)
  const chosen = !isHealthy(of('PRIMARY')) && isHealthy(of('SECONDARY')) ? of('SECONDARY') : of('PRIMARY')
  return lookUp(chosen?.ResourceRecords[0] ?? '', healthy)
}

describe('the name for writes', () => {
  it.each([
    ['the primary, as deployed: ARC holds the check of the one that stands by unhealthy', ['p0', 'p1'], 'us-east-1'],
    ['the primary, while all are healthy', ['p0', 'w0', 'p1', 'w1'], 'us-east-1'],
    ['the first replica, once its plan has moved writes', ['w0', 'p1'], 'us-west-2'],
    ['the second replica, once its plan has moved writes', ['p0', 'w1'], 'eu-west-1'],
    ['the primary, after a plan has led back', ['p0', 'p1'], 'us-east-1'],
    ['the primary, when no check is healthy', [], 'us-east-1'],
  ])('leads to %s', (_, healthy, region) => {
    expect(lookUp('writes.origin.example.com', new Set(healthy))).toBe(`${region}.origin.example.com`)
  })

  it('names no health check but the plans’ own, each once, whatever their order', () => {
    expect(records().map(({ HealthCheckId, SetIdentifier }) => [HealthCheckId, SetIdentifier])).toEqual(
      expect.arrayContaining([
        ['p0', 'us-east-1'],
        ['w0', 'us-west-2'],
        ['p1', 'us-east-1'],
        ['w1', 'eu-west-1'],
      ]),
    )
    expect(records()).toHaveLength(4)
  })

  it('fails the deployment when ARC says it in another form, in place of turning the wrong record', () => {
    const other = { ...checks, 'Plan0.PlanHealthChecks': ['us-east-1=p0', 'us-west-2=w0'] }
    expect(() => records(other)).toThrow(/cannot select nonexistent value/)
  })

  it('is turned by the plan whose pair it is', () => {
    const turned = stack.ofType('AWS::ARCRegionSwitch::Plan').map(({ properties }) =>
      (
        properties['Workflows'] as {
          Steps: { ExecutionBlockConfiguration: Record<string, { RecordName?: string; RecordSets?: object }> }[]
        }[]
      ).map(({ Steps }) => Steps.at(-1)?.ExecutionBlockConfiguration['Route53HealthCheckConfig']),
    )
    expect(turned.map((workflows) => workflows.map((one) => one?.RecordName))).toEqual([
      ['writes.origin.example.com', 'writes.origin.example.com'],
      ['eu-west-1.writes.origin.example.com', 'eu-west-1.writes.origin.example.com'],
    ])
    expect(turned[1]?.[0]?.RecordSets).toEqual([
      { RecordSetIdentifier: 'us-east-1', Region: 'us-east-1' },
      { RecordSetIdentifier: 'eu-west-1', Region: 'eu-west-1' },
    ])
  })
})
