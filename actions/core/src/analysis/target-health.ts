import type { MetricVerdict } from './metric-verdict.ts'
import type { ArmCounts, Measurement } from './measurement.ts'

/** Periods in a row that have to agree: one probe that failed is no illness. */
const periodsInARow = 3

/**
 * Whether the new revision's targets are healthy by the load balancer's own probes. It fails when some were unhealthy in the
 * last three periods and the old revision's were not; it passes on a healthy last period; absent counts decide nothing.
 */
export function judgeTargetHealth(measurements: readonly Measurement[], from: Date): MetricVerdict {
  const seen = measurements.filter(({ start, canary }) => new Date(start) >= from && canary.unhealthyHosts != null)
  const recent = seen.slice(-periodsInARow)
  const last = recent.at(-1)
  const isUnhealthy = (arm: ArmCounts | undefined) => (arm?.unhealthyHosts ?? 0) > 0
  const isIll =
    recent.length === periodsInARow &&
    recent.every(({ canary, baseline }) => isUnhealthy(canary) && !isUnhealthy(baseline))
  const isWell = last != null && !isUnhealthy(last.canary) && (last.canary.healthyHosts ?? 0) > 0
  const figures = {
    metric: 'target-health',
    bad: last?.canary.unhealthyHosts ?? 0,
    total: (last?.canary.unhealthyHosts ?? 0) + (last?.canary.healthyHosts ?? 0),
    baselineBad: last?.baseline?.unhealthyHosts ?? 0,
    baselineTotal: (last?.baseline?.unhealthyHosts ?? 0) + (last?.baseline?.healthyHosts ?? 0),
    dispersion: 1,
    icc: 0,
    failEvidence: 0,
    failPath: [],
    failThreshold: 0,
    passEvidence: 0,
    passThreshold: 0,
  }
  const hosts = `target-health: ${figures.bad} of ${figures.total} targets unhealthy`
  if (isIll) return { ...figures, outcome: 'fail', reason: `${hosts} for ${periodsInARow} periods` }
  if (isWell) return { ...figures, outcome: 'pass', reason: hosts }
  const reason = last == null ? 'target-health: the load balancer reported no targets yet' : `${hosts}: watched further`
  return { ...figures, outcome: 'inconclusive', reason }
}
