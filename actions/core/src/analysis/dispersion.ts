import type { Interval } from './e-process.ts'

/** How much bad events come in bursts. `icc` is their correlation within one interval; 0 when they are independent. */
export interface Dispersion {
  readonly icc: number
  /** Pearson's dispersion across the intervals it was estimated from; 1 is binomial. */
  readonly dispersion: number
  readonly intervals: number
}

export const noDispersion: Dispersion = { icc: 0, dispersion: 1, intervals: 0 }

/** Below this, Pearson's dispersion says nothing: its expectation is off and its spread is wide. */
const minimumIntervals = 10
const minimumBad = 10

/**
 * Estimates overdispersion from the old revision's intervals. Correlated errors break every test that counts (research:
 * a null of 18 to 32 % at an icc of 0.002), so counts are divided by the design effect 1 + (n-1) icc before they are judged.
 * A dispersion within two standard errors of 1 counts as 1, or noise would cost power.
 */
export function estimateDispersion(
  intervals: ReadonlyArray<{ readonly bad: number; readonly total: number }>,
): Dispersion {
  const used = intervals.filter(({ total }) => total > 0)
  const bad = sum(used.map((interval) => interval.bad))
  const total = sum(used.map((interval) => interval.total))
  const rate = total === 0 ? 0 : bad / total
  if (used.length < minimumIntervals || bad < minimumBad || rate >= 1)
    return { ...noDispersion, intervals: used.length }
  const freedom = used.length - 1
  const pearson = sum(used.map(({ bad, total: n }) => (bad - n * rate) ** 2 / (n * rate * (1 - rate))))
  const dispersion = pearson / freedom
  const meanTotal = total / used.length
  const isNoise = dispersion <= 1 + 2 * Math.sqrt(2 / freedom)
  const icc = isNoise || meanTotal <= 1 ? 0 : Math.min(1, (dispersion - 1) / (meanTotal - 1))
  return { icc, dispersion, intervals: used.length }
}

/** How many requests of an interval count as one independent one. */
export function designEffect(total: number, { icc }: Dispersion): number {
  return 1 + Math.max(0, total - 1) * icc
}

/** The interval as if its events were independent. */
export function deflate(interval: Interval, dispersion: Dispersion): Interval {
  const here = designEffect(interval.total, dispersion)
  const there = designEffect(interval.baselineTotal, dispersion)
  return {
    bad: interval.bad / here,
    total: interval.total / here,
    baselineBad: interval.baselineBad / there,
    baselineTotal: interval.baselineTotal / there,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
