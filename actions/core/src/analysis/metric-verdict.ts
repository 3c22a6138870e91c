import type { Verdict } from '../verdict.ts'

/** What one metric says, with everything that it was decided from. */
export interface MetricVerdict extends Verdict {
  readonly metric: string
  readonly bad: number
  readonly total: number
  readonly baselineBad: number
  readonly baselineTotal: number
  readonly dispersion: number
  readonly icc: number
  /** Natural logarithm of the strongest evidence for a fail, its path over time, and what it has to reach. */
  readonly failEvidence: number
  readonly failPath: readonly number[]
  readonly failThreshold: number
  readonly passEvidence: number
  readonly passThreshold: number
}

export interface AnalysisVerdict extends Verdict {
  readonly metrics: readonly MetricVerdict[]
}
