import { AwsError } from '../endpoint/service.ts'
import type { Distribution } from './distribution.ts'

/** A statistic by its name in CloudWatch, ready to be computed. */
export type Statistic = (values: Distribution) => number

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
}

/**
 * Reads a statistic: `Sum`, `SampleCount`, `Average`, `Minimum`, `Maximum`, `p95`, `tm90`, `tc90`, `ts90`, `IQM`, and
 * `TM|TC|TS|PR(low:high)` with values or percents (CloudWatch user guide, "Statistics definitions").
 * @throws AwsError InvalidParameterValue for any other.
 */
export function readStatistic(name: string): Statistic {
  const known = simple[name]
  if (known) return known
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)
  if (percentile) return (values) => quantile(sorted(values), Number(percentile[1]) / 100, values.count)
  const trimmed = /^(tm|tc|ts)(\d{1,2}(?:\.\d+)?)$/.exec(name)
  if (trimmed) return between(trimmed[1]?.toUpperCase() ?? '', undefined, { percent: Number(trimmed[2]) })
  if (name === 'IQM') return between('TM', { percent: 25 }, { percent: 75 })
  const bounded = /^(TM|TC|TS|PR)\(([^:]*):([^:]*)\)$/.exec(name)
  const low = readBound(bounded?.[2])
  const high = readBound(bounded?.[3])
  if (!bounded || low === 'wrong' || high === 'wrong' || (low === undefined && high === undefined)) {
    throw new AwsError(
      'InvalidParameterValue',
      `The value ${name} for parameter Stat is not a statistic of CloudWatch.`,
    )
  }
  return between(bounded[1] ?? '', low, high)
}

type Bound = { readonly value: number } | { readonly percent: number } | undefined

function readBound(text: string | undefined): Bound | 'wrong' {
  if (text === undefined || text === '') return undefined
  const isPercent = text.endsWith('%')
  const number = Number(isPercent ? text.slice(0, -1) : text)
  if (!Number.isFinite(number)) return 'wrong'
  return isPercent ? { percent: number } : { value: number }
}

type Entries = ReadonlyArray<readonly [value: number, times: number]>

/** The values above `low` and up to `high`: the lower bound is exclusive, the upper inclusive. */
function between(kind: string, low: Bound, high: Bound): Statistic {
  return (values) => {
    const entries = sorted(values)
    let count = 0
    let sum = 0
    let rank = 0
    for (const [value, times] of entries) {
      const from = low && 'percent' in low ? (low.percent / 100) * values.count : undefined
      const to = high && 'percent' in high ? (high.percent / 100) * values.count : undefined
      const isInside =
        (low === undefined || 'percent' in low || value > low.value) &&
        (high === undefined || 'percent' in high || value <= high.value)
      // Of equal values some may lie inside the percents and some outside.
      const inside = Math.min(rank + times, to ?? Infinity) - Math.max(rank, from ?? -Infinity)
      const taken = isInside ? Math.max(0, Math.min(times, inside)) : 0
      rank += times
      count += taken
      sum += value * taken
    }
    if (kind === 'TC') return Math.round(count)
    if (kind === 'TS') return sum
    if (kind === 'PR') return (count / values.count) * 100
    return count === 0 ? 0 : sum / count
  }
}

function sorted(values: Distribution): Entries {
  return values.entries().sort(([one], [other]) => one - other)
}

/** The smallest value with at least that share of all at or below it. */
function quantile(entries: Entries, share: number, count: number): number {
  let rank = 0
  for (const [value, times] of entries) {
    rank += times
    if (rank >= share * count) return value
  }
  return entries.at(-1)?.[0] ?? NaN
}
