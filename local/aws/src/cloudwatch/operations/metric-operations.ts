import type * as Sdk from '@aws-sdk/client-cloudwatch'

import { AwsError, type Operation } from '../../endpoint/service.ts'
import { dimensionsOf, queryMetrics, readPeriod } from '../query-metrics.ts'
import { readPoints, type Window } from '../read-points.ts'
import type { SampleStore, Series } from '../sample-store.ts'
import { readStatistic } from '../statistic.ts'
import { numberOr, readNumber, readTime, required } from './read-input.ts'

/** CloudWatch API reference, GetMetricData: no more queries in one call. */
const largestQueryCount = 500

export function metricOperations(store: SampleStore, now: () => Date): Readonly<Record<string, Operation>> {
  return {
    GetMetricData(input: Sdk.GetMetricDataCommandInput) {
      const [from, until] = readRange(input.StartTime, input.EndTime)
      const queries = input.MetricDataQueries ?? []
      if (queries.length === 0 || queries.length > largestQueryCount) {
        throw new AwsError(
          'ValidationError',
          `MetricDataQueries must hold 1 to ${largestQueryCount} queries, found ${queries.length}.`,
        )
      }
      const results = queryMetrics(store, queries, (seconds) => ({ from, until, period: seconds * 1000 }))
      const isAscending = input.ScanBy === 'TimestampAscending'
      return {
        MetricDataResults: results
          .filter(({ isReturned }) => isReturned)
          .map(({ id, label, points }) => {
            const rows = isAscending ? [...points] : [...points].reverse()
            return {
              Id: id,
              Label: label,
              Timestamps: rows.map(([time]) => new Date(time)),
              Values: rows.map(([, value]) => value),
              StatusCode: 'Complete',
            }
          }),
        Messages: [],
      }
    },
    GetMetricStatistics(input: Sdk.GetMetricStatisticsCommandInput) {
      const [from, until] = readRange(input.StartTime, input.EndTime)
      const window: Window = { from, until, period: readPeriod(input.Period) * 1000 }
      const name = required('MetricName', input.MetricName)
      const series = store.find(required('Namespace', input.Namespace), name, dimensionsOf(input.Dimensions))
      const rows = new Map<number, Sdk.Datapoint>()
      const row = (time: number) => {
        const known = rows.get(time) ?? {
          Timestamp: new Date(time),
          Unit: (series?.unit ?? 'None') as Sdk.StandardUnit,
        }
        rows.set(time, known)
        return known
      }
      for (const statistic of input.Statistics ?? []) {
        for (const [time, value] of readPoints(series, readStatistic(statistic), window)) row(time)[statistic] = value
      }
      for (const statistic of input.ExtendedStatistics ?? []) {
        for (const [time, value] of readPoints(series, readStatistic(statistic), window)) {
          const known = row(time)
          known.ExtendedStatistics = { ...known.ExtendedStatistics, [statistic]: value }
        }
      }
      return { Label: name, Datapoints: [...rows.values()] }
    },
    ListMetrics(input: Sdk.ListMetricsCommandInput) {
      const matches = (series: Series) =>
        (input.Namespace === undefined || input.Namespace === series.namespace) &&
        (input.MetricName === undefined || input.MetricName === series.name) &&
        (input.Dimensions ?? []).every(({ Name = '', Value }) =>
          Value === undefined ? Name in series.dimensions : series.dimensions[Name] === Value,
        )
      const Metrics = store
        .all()
        .filter(matches)
        .map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        }))
      return { Metrics }
    },
    PutMetricData(input: Sdk.PutMetricDataCommandInput) {
      const namespace = required('Namespace', input.Namespace)
      for (const datum of input.MetricData ?? []) putDatum(store, namespace, datum, now())
      return {}
    },
  }
}

function putDatum(store: SampleStore, namespace: string, datum: Sdk.MetricDatum, now: Date): void {
  const sample = (value: number) => ({
    namespace,
    name: required('MetricName', datum.MetricName),
    dimensions: dimensionsOf(datum.Dimensions),
    time: datum.Timestamp === undefined ? now : readTime('Timestamp', datum.Timestamp),
    value,
    ...(datum.Unit === undefined ? {} : { unit: datum.Unit }),
  })
  if (datum.Value !== undefined) store.put(sample(readNumber('Value', datum.Value)))
  for (const [index, value] of (datum.Values ?? []).entries()) {
    store.putMany(sample(readNumber('Values', value)), { times: numberOr('Counts', datum.Counts?.[index], 1) })
  }
  const set = datum.StatisticValues
  if (!set) return
  const count = readNumber('SampleCount', set.SampleCount)
  const sum = readNumber('Sum', set.Sum)
  const minimum = readNumber('Minimum', set.Minimum)
  store.putMany(sample(0), { count, sum, minimum, maximum: readNumber('Maximum', set.Maximum) })
}

function readRange(start: unknown, end: unknown): readonly [from: number, until: number] {
  const from = readTime('StartTime', start).getTime()
  const until = readTime('EndTime', end).getTime()
  if (from >= until)
    throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.')
  return [from, until]
}
