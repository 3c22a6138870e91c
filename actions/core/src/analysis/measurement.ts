import * as z from 'zod'

const armSchema = z.strictObject({
  requests: z.number().min(0),
  /** HTTP 5xx that the targets answered. */
  errors: z.number().min(0),
  /** Connections to targets that could not be made: a crash that no target can count. */
  connectionErrors: z.number().min(0),
  /** Requests slower than the service level objective allows. */
  slow: z.number().min(0),
  /** Absent when the load balancer reported none: absent is not zero. */
  healthyHosts: z.number().min(0).optional(),
  unhealthyHosts: z.number().min(0).optional(),
})
/** What one target group saw in one period. */
export type ArmCounts = z.output<typeof armSchema>

export const measurementSchema = z.strictObject({
  start: z.iso.datetime(),
  seconds: z.number().positive(),
  canary: armSchema,
  /** The old revision's target group, where it has one of its own (ROLLING has not). */
  baseline: armSchema.optional(),
  /** HTTP 5xx that the load balancer answered itself; it does not say for which target group. */
  loadBalancerErrors: z.number().min(0),
})
/** One period of a rollout, as read from CloudWatch. */
export type Measurement = z.output<typeof measurementSchema>

export const noCounts: ArmCounts = { requests: 0, errors: 0, connectionErrors: 0, slow: 0 }

/** Metrics that are bad events among requests. */
export const countMetrics = ['errors', 'slow'] as const
export type CountMetric = (typeof countMetrics)[number]

/** Bad events and requests of one metric. A connection that failed was a request that no target counted. */
export function badAmong(metric: CountMetric, arm: ArmCounts): { readonly bad: number; readonly total: number } {
  const bad = metric === 'errors' ? arm.errors + arm.connectionErrors : arm.slow
  return { bad, total: Math.max(arm.requests, bad) }
}

/** Periods that GetMetricData accepts, in seconds; above a minute any multiple of 60. */
const shortPeriods = [1, 5, 10, 20, 30] as const

/** The longest legal CloudWatch period that fits into the analysis interval. */
export function metricPeriodSeconds(intervalSeconds: number): number {
  if (intervalSeconds >= 60) return Math.floor(intervalSeconds / 60) * 60
  return shortPeriods.findLast((period) => period <= intervalSeconds) ?? 1
}
