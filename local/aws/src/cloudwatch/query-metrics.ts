import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch'

import { AwsError } from '../endpoint/service.ts'
import { evaluate, type Value } from './expression.ts'
import { type Points, readPoints, type Window } from './read-points.ts'
import type { SampleStore } from './sample-store.ts'
import { readStatistic } from './statistic.ts'

/** What a query yields, beside what it is called. */
export interface QueryResult {
  readonly id: string
  readonly label: string
  readonly isReturned: boolean
  readonly points: Points
}

/** Dimensions as a record. */
export function dimensionsOf(
  dimensions: ReadonlyArray<{ readonly Name?: string | undefined; readonly Value?: string | undefined }> | undefined,
): Record<string, string> {
  return Object.fromEntries((dimensions ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? '']))
}

/** A period that CloudWatch allows, in seconds. */
export function readPeriod(period: unknown): number {
  const seconds = Number(period)
  const isHighResolution = [1, 5, 10, 20, 30].includes(seconds)
  if (!isHighResolution && (!Number.isInteger(seconds) || seconds < 60 || seconds % 60 !== 0)) {
    const rule = 'must be 1, 5, 10, 20, 30, or a multiple of 60'
    throw new AwsError('ValidationError', `The parameter Period ${rule}, found '${String(period)}'.`)
  }
  return seconds
}

/**
 * Answers metric queries: metrics first, then expressions in terms of them, in whatever order they stand.
 * @param windowOf The window to read for a period in seconds.
 */
export function queryMetrics(
  store: SampleStore,
  queries: readonly MetricDataQuery[],
  windowOf: (periodSeconds: number) => Window,
): readonly QueryResult[] {
  const values = new Map<string, Value>()
  const windows = new Map<string, Window>()
  for (const { Id, MetricStat } of queries) {
    if (!MetricStat) continue
    const window = windowOf(readPeriod(MetricStat.Period))
    windows.set(Id ?? '', window)
    values.set(Id ?? '', readMetric(store, MetricStat, window))
  }
  let open = queries.filter(({ Expression }) => Expression !== undefined)
  while (open.length > 0) {
    const ids = new Set(open.map(({ Id }) => Id))
    const ready = open.filter(({ Expression = '' }) => !(Expression.match(/[a-z]\w*/g) ?? []).some((id) => ids.has(id)))
    if (ready.length === 0) throw new AwsError('ValidationError', 'Expressions refer to each other in a circle.')
    for (const { Id = '', Expression = '', Period } of ready) {
      const window = expressionWindow(Expression, windows, Period) ?? windowOf(60)
      windows.set(Id, window)
      values.set(Id, evaluate(Expression, values, timesOf(window)))
    }
    open = open.filter((query) => !ready.includes(query))
  }
  return queries.map(({ Id = '', Label, MetricStat, Expression, ReturnData }) => {
    const value = values.get(Id) ?? new Map<number, number>()
    const points = typeof value === 'number' ? new Map(timesOf(windows.get(Id)).map((time) => [time, value])) : value
    return {
      id: Id,
      label: Label ?? MetricStat?.Metric?.MetricName ?? Expression ?? Id,
      isReturned: ReturnData !== false && String(ReturnData) !== 'false',
      points,
    }
  })
}

function readMetric(store: SampleStore, stat: MetricStat, window: Window): Points {
  const { Namespace = '', MetricName = '', Dimensions } = stat.Metric ?? {}
  const series = store.find(Namespace, MetricName, dimensionsOf(Dimensions))
  return readPoints(series, readStatistic(stat.Stat ?? ''), window)
}

function expressionWindow(
  expression: string,
  windows: ReadonlyMap<string, Window>,
  period: number | undefined,
): Window | undefined {
  const used = (expression.match(/[a-z]\w*/g) ?? []).flatMap((id) => windows.get(id) ?? [])
  const [first] = used
  return first && period !== undefined ? { ...first, period: Math.max(first.period, readPeriod(period) * 1000) } : first
}

/** The starts of a window's periods. */
export function timesOf(window: Window | undefined): number[] {
  if (!window) return []
  const start = Math.floor(window.from / window.period) * window.period
  const times: number[] = []
  for (let time = start; time < window.until; time += window.period) times.push(time)
  return times
}
