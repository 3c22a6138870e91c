import type { Verdict } from '../verdict.ts'

/** One question of a client, and whether it was answered. */
export interface Probe {
  readonly at: Date
  readonly isAnswered: boolean
}

/** A recovery time and what is made of it. Seconds. */
export interface Measured {
  readonly name: 'reads' | 'writes' | 'recovery point'
  /** From the start until it held for good; `null`: it does not hold, or nobody knows. */
  readonly seconds: number | null
  readonly isAtMost: boolean
  /** What comes before a start, which a drill skips: until it is noticed and decided. */
  readonly beforeSeconds: number
  readonly objectiveSeconds: number
  readonly verdict: Verdict
}

/** Seconds from a start. `null`: it does not hold. `isAtMost`: it held when it was first looked at, which was late. */
export interface Elapsed {
  readonly seconds: number | null
  readonly isAtMost: boolean
}

/** Until every later probe was answered. Without a probe for longer than the patience, nobody knows what clients saw before. */
export function untilGood(probes: readonly Probe[], start: Date, patienceSeconds: number): Elapsed {
  const since = (at: Date) => Math.max(0, (at.getTime() - start.getTime()) / 1000)
  const later = probes.filter(({ at }) => at >= start)
  const lastBad = later.findLastIndex(({ isAnswered }) => !isAnswered)
  const good = later[lastBad + 1]
  if (!good) return { seconds: null, isAtMost: false }
  if (lastBad >= 0) return { seconds: since(good.at), isAtMost: false }
  const isAtMost = since(good.at) > patienceSeconds
  return { seconds: isAtMost ? since(good.at) : 0, isAtMost }
}

/** The later of two; not known when one is not. */
export function laterOf(one: Elapsed, other: Elapsed): Elapsed {
  if (one.seconds == null || other.seconds == null) return { seconds: null, isAtMost: false }
  return one.seconds >= other.seconds ? one : other
}

/** Holds a time against its objective. A bound above it is `inconclusive`; `unknown` is the verdict on what did not hold. */
export function judgeTime(
  name: Measured['name'],
  { seconds, isAtMost }: Elapsed,
  { beforeSeconds = 0, objectiveSeconds }: { readonly beforeSeconds?: number; readonly objectiveSeconds: number },
  unknown: Verdict,
): Measured {
  const own = { name, seconds, isAtMost, beforeSeconds, objectiveSeconds }
  if (seconds == null) return { ...own, verdict: unknown }
  const total = Math.round((seconds + beforeSeconds) * 10) / 10
  const before = beforeSeconds > 0 ? ` (${beforeSeconds} s of them to notice and decide)` : ''
  const isMet = total <= objectiveSeconds
  const time = `${name}: ${isAtMost ? 'at most ' : ''}${total} s${before}`
  const bound = `the objective of ${objectiveSeconds} s`
  if (isMet) return { ...own, verdict: { outcome: 'pass', reason: `${time}, within ${bound}` } }
  return {
    ...own,
    verdict: isAtMost
      ? { outcome: 'inconclusive', reason: `${time}: nobody watched before, and ${bound} may have been missed` }
      : { outcome: 'fail', reason: `${time}, above ${bound}` },
  }
}
