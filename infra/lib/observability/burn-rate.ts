import type { Slo } from '@sluice/core/environment/gates'

/**
 * Windows of an alarm on the burning of an error budget: the long one says that it matters, the short one that it goes on. The share
 * of a month's budget that is gone when it rings, and hence how many times faster than allowed it burns (Google: SRE workbook,
 * "Alerting on SLOs", multiwindow, multi-burn-rate alerts).
 */
export interface BurnWindow {
  readonly name: 'fast' | 'slow'
  readonly longMinutes: number
  readonly shortMinutes: number
  readonly budgetShare: number
}

const monthMinutes = 30 * 24 * 60

export const burnWindows: readonly BurnWindow[] = [
  { name: 'fast', longMinutes: 60, shortMinutes: 5, budgetShare: 0.02 },
  { name: 'slow', longMinutes: 360, shortMinutes: 30, budgetShare: 0.05 },
]

/** How many times faster than the objective allows the budget burns when `budgetShare` of it is gone in the long window. */
export function burnRate({ longMinutes, budgetShare }: BurnWindow): number {
  return (budgetShare * monthMinutes) / longMinutes
}

/** The share of bad requests (0 to 1) at which a window's alarm rings; never above all of them. */
export function badShare({ availability }: Pick<Slo, 'availability'>, window: BurnWindow): number {
  return Math.min(1, burnRate(window) * (1 - availability / 100))
}
