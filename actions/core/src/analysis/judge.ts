import type { Analysis } from '../environment/gates.ts'
import { combineVerdicts } from '../verdict.ts'
import { deflate, estimateDispersion, type Dispersion } from './dispersion.ts'
import type { Interval } from './e-process.ts'
import {
  aboveCeiling,
  belowCeiling,
  noWorseThanBaseline,
  withBoundedSteps,
  worseThanBaseline,
  type Evidence,
  type TestSettings,
} from './evidence.ts'
import type { AnalysisVerdict, MetricVerdict } from './metric-verdict.ts'
import { judgeTargetHealth } from './target-health.ts'
import { badAmong, countMetrics, noCounts, type CountMetric, type Measurement } from './measurement.ts'

export type JudgeSettings = Pick<Analysis, 'alpha' | 'tolerance' | 'maxRatio' | 'ceiling' | 'metrics'>

/** Which measurements a look may use. */
export interface Window {
  /** Evidence that the new revision fails accumulates from the start of the rollout. What lies before is its history. */
  readonly failFrom: Date
  /** Evidence that it passes must be fresh after each shift. */
  readonly passFrom: Date
}

/**
 * One look of the judge. Pure: the same measurements give the same verdict, so that any later run can resume and anyone can
 * replay. The chance that a healthy revision ever fails, over all looks and metrics, is at most `alpha`.
 */
export function judge(measurements: readonly Measurement[], settings: JudgeSettings, window: Window): AnalysisVerdict {
  const counted = countMetrics.filter((metric) => settings.metrics.includes(metric))
  // Two tests can fail each counted metric, and one more guards what only the load balancer sees: each gets its share of alpha.
  const failThreshold = Math.log((2 * counted.length + 1) / settings.alpha)
  const verdicts = counted.map((metric) => judgeMetric(metric, measurements, settings, window, failThreshold))
  if (counted.includes('errors')) verdicts.push(judgeLoadBalancer(measurements, settings, window, failThreshold))
  if (settings.metrics.includes('target-health')) verdicts.push(judgeTargetHealth(measurements, window.failFrom))
  return { ...combineVerdicts(verdicts), metrics: verdicts }
}

/** How much of what a fail takes one interval may bring: an error is one at once, slowness must last three intervals to be the revision's. */
const mostOfAnInterval: Readonly<Record<CountMetric, number>> = { errors: Infinity, slow: 0.4 }

function judgeMetric(
  metric: CountMetric,
  measurements: readonly Measurement[],
  settings: JudgeSettings,
  { failFrom, passFrom }: Window,
  failThreshold: number,
): MetricVerdict {
  const tests: TestSettings = { ...settings, ceiling: settings.ceiling[metric] }
  const dispersion = estimateDispersion(
    measurements.map(({ baseline, canary, start }) => {
      // ROLLING has one target group: its own past is the only control for the dispersion.
      const control = baseline ?? (new Date(start) < failFrom ? canary : noCounts)
      return badAmong(metric, control)
    }),
  )
  const since = (from: Date) => measurements.filter(({ start }) => new Date(start) >= from).map(intervalOf(metric))
  const judged = since(failFrom)
  const all = judged.map((interval) => deflate(interval, dispersion))
  const fresh = since(passFrom).map((interval) => deflate(interval, dispersion))
  const passThreshold = Math.log(1 / settings.alpha)

  // An incident that hits both revisions is no reason to roll back, so the ceiling fails only where nothing runs beside.
  const most = mostOfAnInterval[metric] * failThreshold
  const worse = withBoundedSteps(worseThanBaseline(all.filter(hasControl), tests), most)
  const above = withBoundedSteps(
    aboveCeiling(
      all.filter((interval) => !hasControl(interval)),
      tests,
    ),
    most,
  )
  const below = belowCeiling(fresh, tests)
  const noWorse = noWorseThanBaseline(fresh, tests)
  const failing = above.largest > worse.largest ? above : worse

  const figures = { metric, ...sumOf(judged), icc: dispersion.icc, dispersion: dispersion.dispersion }
  const strongestPass = Math.max(below.largest, noWorse.largest)
  const common = {
    ...figures,
    failEvidence: failing.largest,
    failPath: failing.logarithms,
    failThreshold,
    passEvidence: strongestPass,
    passThreshold,
  }
  const measured = describeCounts(figures, dispersion)
  const limit = `${formatPercent(tests.ceiling)} ceiling`
  if (below.largest >= passThreshold)
    return {
      ...common,
      outcome: 'pass',
      reason: `${measured}: below the ${limit}, ${describeEvidence(below, passThreshold)}`,
    }
  if (failing.largest >= failThreshold) {
    const exceeded = failing === above ? `above the ${limit}` : `more than ${tests.tolerance} times the old revision`
    return {
      ...common,
      outcome: 'fail',
      reason: `${measured}: ${exceeded}, ${describeEvidence(failing, failThreshold)}`,
    }
  }
  if (noWorse.largest >= passThreshold) {
    const reason = `${measured}: less than ${tests.maxRatio} times the old revision, ${describeEvidence(noWorse, passThreshold)}`
    return { ...common, outcome: 'pass', reason }
  }
  if (sumOf(since(passFrom)).total === 0)
    return { ...common, outcome: 'inconclusive', reason: `${metric}: no requests since ${passFrom.toISOString()}` }
  const open = `pass E = ${formatE(strongestPass)} of ${formatE(passThreshold)}, fail E = ${formatE(failing.largest)} of ${formatE(failThreshold)}`
  return { ...common, outcome: 'inconclusive', reason: `${measured}: undecided, ${open}` }
}

/** Answers of the load balancer itself (502, 503, 504) name no target group; this is the guard for what the targets cannot count. */
function judgeLoadBalancer(
  measurements: readonly Measurement[],
  settings: JudgeSettings,
  { failFrom }: Window,
  failThreshold: number,
): MetricVerdict {
  const rows = measurements.map(({ start, canary, baseline, loadBalancerErrors: bad }) => ({
    isBefore: new Date(start) < failFrom,
    interval: {
      bad,
      total: canary.requests + (baseline?.requests ?? 0) + bad,
      baselineBad: 0,
      baselineTotal: 0,
    },
  }))
  const tests: TestSettings = { ...settings, ceiling: settings.ceiling.errors }
  const intervals = rows.filter(({ isBefore }) => !isBefore).map(({ interval }) => interval)
  const above = aboveCeiling(intervals, tests)
  const before = aboveCeiling(
    rows.filter(({ isBefore }) => isBefore).map(({ interval }) => interval),
    tests,
  )
  const figures = { metric: 'load-balancer-errors', ...sumOf(intervals), icc: 0, dispersion: 1 }
  const hasFailed = above.largest >= failThreshold && before.largest < failThreshold
  const measured = describeCounts(figures, undefined)
  const limit = `${formatPercent(tests.ceiling)} ceiling`
  return {
    ...figures,
    failEvidence: above.largest,
    failPath: above.logarithms,
    failThreshold,
    passEvidence: 0,
    passThreshold: 0,
    outcome: hasFailed ? 'fail' : 'pass',
    reason: hasFailed
      ? `${measured}: above the ${limit}, ${describeEvidence(above, failThreshold)}`
      : `${measured}: not shown to be above the ${limit}`,
  }
}

function intervalOf(metric: CountMetric): (measurement: Measurement) => Interval {
  return ({ canary, baseline }) => {
    const here = badAmong(metric, canary)
    const there = badAmong(metric, baseline ?? noCounts)
    return { ...here, baselineBad: there.bad, baselineTotal: there.total }
  }
}

/** The smallest share of the new revision's requests that the old one must have had to be compared with. */
const smallestControl = 0.05

/** Decided by the totals alone, never by what went wrong among them, so that the evidence stays valid. */
function hasControl({ total, baselineTotal }: Interval): boolean {
  return baselineTotal > 0 && baselineTotal >= smallestControl * total
}

function sumOf(intervals: readonly Interval[]): Interval {
  const sum = { bad: 0, total: 0, baselineBad: 0, baselineTotal: 0 }
  for (const interval of intervals) {
    sum.bad += interval.bad
    sum.total += interval.total
    sum.baselineBad += interval.baselineBad
    sum.baselineTotal += interval.baselineTotal
  }
  return sum
}

function describeCounts(
  { metric, bad, total, baselineBad, baselineTotal }: Interval & { readonly metric: string },
  dispersion: Dispersion | undefined,
): string {
  const here = `${metric}: ${bad} of ${total} requests (${formatPercent(rate(bad, total))})`
  const there =
    baselineTotal === 0
      ? ''
      : ` against ${baselineBad} of ${baselineTotal} (${formatPercent(rate(baselineBad, baselineTotal))})`
  const burst = dispersion == null || dispersion.icc === 0 ? '' : `, overdispersion ${dispersion.dispersion.toFixed(1)}`
  return `${here}${there}${burst}`
}

function rate(bad: number, total: number): number {
  return total === 0 ? 0 : bad / total
}

function describeEvidence({ largest }: Evidence, threshold: number): string {
  return `E = ${formatE(largest)} reached ${formatE(threshold)}`
}

/** An e-value from its logarithm, short enough to read. */
export function formatE(logarithm: number): string {
  if (logarithm > Math.log(1e6)) return `10^${Math.floor(logarithm / Math.LN10)}`
  const value = Math.exp(logarithm)
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function formatPercent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`
}
