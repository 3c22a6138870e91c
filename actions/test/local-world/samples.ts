import { isDeepStrictEqual } from 'node:util'
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Sample } from '../../../local/aws/src/cloudwatch/metric-store.ts'

/** What `GetMetricData` is asked. */
export interface MetricQuery {
  readonly MetricDataQueries: readonly MetricDataQuery[]
  readonly StartTime: Date
  readonly EndTime: Date
}

/** The statistics that the adapters ask CloudWatch for, over what the load balancers reported. */
export function readSamples(samples: readonly Sample[], { MetricDataQueries, StartTime, EndTime }: MetricQuery) {
  return {
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => {
      const { Metric, Period = 60, Stat = '' } = MetricStat ?? {}
      const dimensions = Object.fromEntries(
        (Metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]),
      )
      const periods = new Map<number, number[]>()
      for (const sample of samples) {
        if (sample.name !== Metric?.MetricName || sample.time < StartTime || sample.time >= EndTime) continue
        if (!isDeepStrictEqual({ ...sample.dimensions }, dimensions)) continue
        const period = Math.floor(sample.time.getTime() / 1000 / Period) * Period * 1000
        periods.set(period, [...(periods.get(period) ?? []), sample.value])
      }
      const points = [...periods].sort(([a], [b]) => a - b)
      return {
        Id,
        Timestamps: points.map(([time]) => new Date(time)),
        Values: points.map(([, values]) => statistic(Stat, values)),
      }
    }),
  }
}

function statistic(name: string, values: readonly number[]): number {
  if (name === 'Maximum') return Math.max(...values)
  if (name === 'Minimum') return Math.min(...values)
  const above = /^TC\(([\d.]+):\)$/.exec(name)?.[1]
  if (above != null) return values.filter((value) => value > Number(above)).length
  return values.reduce((sum, value) => sum + value, 0)
}
