import {
  GetMetricDataCommand,
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { noCounts, type ArmCounts, type Measurement } from '@sluice/core/analysis/measurement'

export interface MeasuredService {
  /** `app/<name>/<id>`. */
  readonly loadBalancer: string
  /** `targetgroup/<name>/<id>` of the new revision, and of the old one where it has its own. */
  readonly canary: string
  readonly baseline?: string | undefined
  /** A request is slow above this many milliseconds. */
  readonly slowMilliseconds: number
  readonly periodSeconds: number
}

const perTargetGroup = (slowMilliseconds: number) =>
  [
    ['requests', 'RequestCount', 'Sum'],
    ['errors', 'HTTPCode_Target_5XX_Count', 'Sum'],
    ['connectionErrors', 'TargetConnectionErrorCount', 'Sum'],
    // Trimmed count: how many response times, in seconds, lie above the threshold.
    ['slow', 'TargetResponseTime', `TC(${slowMilliseconds / 1000}:)`],
    ['healthyHosts', 'HealthyHostCount', 'Minimum'],
    ['unhealthyHosts', 'UnHealthyHostCount', 'Maximum'],
  ] as const satisfies ReadonlyArray<readonly [keyof ArmCounts, string, string]>

/**
 * Counts of every complete period between two times. Counters are reported only when they are not zero, so an absent one is
 * zero where requests were counted; absent hosts stay absent; no requests at all are an empty period and no evidence.
 */
export async function readMeasurements(
  cloudwatch: CloudWatchClient,
  service: MeasuredService,
  from: Date,
  until: Date,
): Promise<readonly Measurement[]> {
  const period = service.periodSeconds * 1000
  const start = new Date(Math.floor(from.getTime() / period) * period)
  // The period that is still open would be counted twice: once half, once whole.
  const end = new Date(Math.floor(until.getTime() / period) * period)
  if (end <= start) return []
  const values = await readValues(cloudwatch, queriesFor(service), start, end)
  const rows: Measurement[] = []
  for (let time = start.getTime(); time < end.getTime(); time += period) {
    const arm = (prefix: string): ArmCounts => armAt(values, prefix, time)
    const canary = arm('canary')
    const baseline = service.baseline == null ? undefined : arm('baseline')
    const loadBalancerErrors = values.get('elb_errors')?.get(time) ?? 0
    const isEmpty = [canary, baseline ?? noCounts].every(
      (counts) => JSON.stringify(counts) === JSON.stringify(noCounts),
    )
    if (isEmpty && loadBalancerErrors === 0) continue
    rows.push({
      start: new Date(time).toISOString(),
      seconds: service.periodSeconds,
      canary,
      ...(baseline == null ? {} : { baseline }),
      loadBalancerErrors,
    })
  }
  return rows
}

function armAt(values: ReadonlyMap<string, ReadonlyMap<number, number>>, prefix: string, time: number): ArmCounts {
  const count = (name: string) => values.get(`${prefix}_${name}`)?.get(time)
  const healthyHosts = count('healthyHosts')
  const unhealthyHosts = count('unhealthyHosts')
  return {
    requests: count('requests') ?? 0,
    errors: count('errors') ?? 0,
    connectionErrors: count('connectionErrors') ?? 0,
    slow: count('slow') ?? 0,
    ...(healthyHosts == null ? {} : { healthyHosts }),
    ...(unhealthyHosts == null ? {} : { unhealthyHosts }),
  }
}

function queriesFor({
  loadBalancer,
  canary,
  baseline,
  slowMilliseconds,
  periodSeconds,
}: MeasuredService): MetricDataQuery[] {
  const query = (id: string, name: string, stat: string, targetGroup?: string): MetricDataQuery => ({
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: name,
        Dimensions: [
          ...(targetGroup == null ? [] : [{ Name: 'TargetGroup', Value: targetGroup }]),
          { Name: 'LoadBalancer', Value: loadBalancer },
        ],
      },
      Period: periodSeconds,
      Stat: stat,
    },
  })
  const arms = [['canary', canary] as const, ...(baseline == null ? [] : [['baseline', baseline] as const])]
  return [
    ...arms.flatMap(([arm, targetGroup]) =>
      perTargetGroup(slowMilliseconds).map(([key, name, stat]) => query(`${arm}_${key}`, name, stat, targetGroup)),
    ),
    query('elb_errors', 'HTTPCode_ELB_5XX_Count', 'Sum'),
  ]
}

/** Values by query id and by time in milliseconds. */
async function readValues(
  cloudwatch: CloudWatchClient,
  queries: MetricDataQuery[],
  StartTime: Date,
  EndTime: Date,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const values = new Map<string, Map<number, number>>()
  let NextToken: string | undefined
  do {
    const page = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime,
        EndTime,
        ScanBy: 'TimestampAscending',
        NextToken,
      }),
    )
    for (const result of page.MetricDataResults ?? []) addValues(values, result)
    NextToken = page.NextToken
  } while (NextToken != null)
  return values
}

function addValues(
  values: Map<string, Map<number, number>>,
  { Id = '', Timestamps, Values, StatusCode, Messages }: MetricDataResult,
): void {
  if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
    const why = (Messages ?? []).map(({ Value }) => Value).join('; ')
    throw new Error(`CloudWatch could not read ${Id} (${StatusCode}): ${why || 'no reason given'}`)
  }
  const ofQuery = values.get(Id) ?? new Map<number, number>()
  for (const [index, time] of (Timestamps ?? []).entries()) ofQuery.set(time.getTime(), Values?.[index] ?? 0)
  values.set(Id, ofQuery)
}
