import { noCounts, type ArmCounts, type Measurement } from '../../src/analysis/measurement.ts'

export const startedAt = new Date('2026-11-21T10:00:00.000Z')

/** One minute of a rollout, counted from its start. */
export function aMeasurement(minute: number, canary: Partial<ArmCounts>, baseline?: Partial<ArmCounts>): Measurement {
  return {
    start: new Date(startedAt.getTime() + minute * 60_000).toISOString(),
    seconds: 60,
    canary: { ...noCounts, ...canary },
    ...(baseline == null ? {} : { baseline: { ...noCounts, ...baseline } }),
    loadBalancerErrors: 0,
  }
}

/** Numbers between 0 and 1 from a seed (mulberry32), so that a simulation gives the same result on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How many of `total` requests go wrong at a rate. */
export function binomial(total: number, rate: number, random: () => number): number {
  // Skips from one bad event to the next: geometric gaps, exact and quick for small rates.
  if (rate <= 0) return 0
  let bad = 0
  for (let at = 0; ; bad++) {
    at += Math.floor(Math.log(1 - random()) / Math.log(1 - rate)) + 1
    if (at > total) return bad
  }
}
