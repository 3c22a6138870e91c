import { Distribution } from './distribution.ts'
import type { Series } from './sample-store.ts'
import type { Statistic } from './statistic.ts'

/** Values by the start of their period, in milliseconds since 1970. Periods without data have none. */
export type Points = ReadonlyMap<number, number>

/** A stretch of time: from (inclusive) until (exclusive), in milliseconds since 1970, in periods of so many. */
export interface Window {
  readonly from: number
  readonly until: number
  readonly period: number
}

/** One statistic of a metric for each period of a window. Periods are aligned to the epoch, as CloudWatch's are. */
export function readPoints(series: Series | undefined, statistic: Statistic, window: Window): Points {
  const start = Math.floor(window.from / window.period) * window.period
  const periods = new Map<number, Distribution>()
  for (const [second, bin] of series?.bins ?? []) {
    const time = second * 1000
    if (time < start || time >= window.until) continue
    const at = Math.floor(time / window.period) * window.period
    const whole = periods.get(at)
    // A period of one bin needs no copy.
    if (!whole) periods.set(at, bin)
    else if (owned.has(whole)) whole.merge(bin)
    else {
      const copy = new Distribution()
      owned.add(copy)
      copy.merge(whole)
      copy.merge(bin)
      periods.set(at, copy)
    }
  }
  const points = [...periods].map(([at, values]) => [at, statistic(values)] as const)
  return new Map(points.sort(([one], [other]) => one - other))
}

/** Those made here, which may be added to; the others are the store's. */
const owned = new WeakSet<Distribution>()
