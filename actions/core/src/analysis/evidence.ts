import type { Interval } from './e-process.ts'
import { limitEvidence, logSpaced, ratioEvidence } from './e-process.ts'

/** The four tests of one metric. `logarithms` has a value after each interval, `reached` the first interval that sufficed. */
export interface Evidence {
  readonly logarithms: readonly number[]
  readonly largest: number
}

export interface TestSettings {
  /** The new revision may have this many times the old one's rate before it fails. */
  readonly tolerance: number
  /** It passes when its rate is shown to be below this many times the old one's. */
  readonly maxRatio: number
  /** It passes, whatever the ratio, when its rate is shown to be below this. */
  readonly ceiling: number
}

/** Evidence that the new revision is worse than the old one by more than the tolerance. */
export function worseThanBaseline(intervals: readonly Interval[], { tolerance }: TestSettings): Evidence {
  return evidence(ratioEvidence(intervals, tolerance, logSpaced(tolerance, Math.max(30, 10 * tolerance))))
}

/** Evidence that it is not as bad as `maxRatio` times the old one. */
export function noWorseThanBaseline(intervals: readonly Interval[], { maxRatio }: TestSettings): Evidence {
  return evidence(ratioEvidence(intervals, maxRatio, logSpaced(0.1 * maxRatio, 0.75 * maxRatio)))
}

/** Evidence that its rate is above the ceiling. */
export function aboveCeiling(intervals: readonly Interval[], { ceiling }: TestSettings): Evidence {
  return evidence(limitEvidence(intervals, ceiling, logSpaced(ceiling, Math.max(0.95, ceiling))))
}

/** Evidence that its rate is below the ceiling: 325 requests without a bad one show it for 1 % at an alpha of 0.05. */
export function belowCeiling(intervals: readonly Interval[], { ceiling }: TestSettings): Evidence {
  return evidence(limitEvidence(intervals, ceiling, logSpaced(ceiling / 1000, 0.78 * ceiling)))
}

/**
 * The same evidence when no interval may bring more than `most` (a logarithm). What bursts, a stall of a host or a cold cache that slows a
 * whole interval's requests at once, is one event and not as many as its requests; where the old revision had none, no dispersion
 * tells of it. An interval's factor is an e-value given the past, and cutting it down only lowers its expectation: the chance of
 * a false alarm keeps its bound (Ville's inequality).
 */
export function withBoundedSteps({ logarithms }: Evidence, most: number): Evidence {
  let before = 0
  let bounded = 0
  const path = logarithms.map((value) => {
    bounded += Math.min(value - before, most)
    before = value
    return bounded
  })
  return evidence(path)
}

function evidence(logarithms: readonly number[]): Evidence {
  return { logarithms, largest: logarithms.reduce((largest, value) => Math.max(largest, value), 0) }
}
