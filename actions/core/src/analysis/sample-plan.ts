import type { Analysis } from '../environment/gates.ts'
import { belowCeiling, type TestSettings } from './evidence.ts'
import { countMetrics } from './measurement.ts'

/** What is known of a service's traffic before a rollout. */
export interface ExpectedTraffic {
  readonly requestsPerSecond: number
  /** The share of production traffic in percent that the new revision has at the first step that is judged. */
  readonly percent: number
}

export interface SamplePlan {
  /** Requests that the new revision has to serve without a bad one before every metric can pass. */
  readonly needed: number
  /** Requests that it gets within the time limit of a step. */
  readonly expected: number
  /** Seconds until the judge can decide; infinite without traffic. */
  readonly seconds: number
  readonly canDecide: boolean
}

/**
 * Whether the expected traffic can decide a step within the time limit. The least that any pass needs is clean requests
 * against the ceiling; a service too quiet for that would only ever be rolled back by the clock.
 */
export function planSamples(
  analysis: Pick<Analysis, 'alpha' | 'ceiling' | 'metrics' | 'timeout' | 'tolerance' | 'maxRatio'>,
  { requestsPerSecond, percent }: ExpectedTraffic,
): SamplePlan {
  const limits = countMetrics
    .filter((metric) => analysis.metrics.includes(metric))
    .map((metric) => analysis.ceiling[metric])
  const needed = Math.max(0, ...limits.map((ceiling) => cleanRequestsToPass({ ...analysis, ceiling }, analysis.alpha)))
  const perSecond = (requestsPerSecond * percent) / 100
  const expected = Math.floor(perSecond * analysis.timeout)
  return {
    needed,
    expected,
    seconds: needed === 0 ? 0 : Math.ceil(needed / perSecond),
    canDecide: expected >= needed,
  }
}

/** Found by halving: the evidence grows with every clean request. */
function cleanRequestsToPass(settings: TestSettings, alpha: number): number {
  const suffices = (total: number) =>
    belowCeiling([{ bad: 0, total, baselineBad: 0, baselineTotal: 0 }], settings).largest >= Math.log(1 / alpha)
  let high = 1
  while (!suffices(high)) high *= 2
  let low = 0
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (suffices(middle)) high = middle
    else low = middle
  }
  return high
}
