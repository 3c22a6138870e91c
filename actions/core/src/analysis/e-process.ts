/** Bad events among requests in one interval, of the new revision and of the old one beside it. */
export interface Interval {
  readonly bad: number
  readonly total: number
  readonly baselineBad: number
  readonly baselineTotal: number
}

/** Alternatives that the mixture bets on: `points` values from `from` to `to`, evenly spaced in the logarithm. */
export function logSpaced(from: number, to: number, points = 48): readonly number[] {
  const ratio = Math.log(to / from) / (points - 1)
  return Array.from({ length: points }, (_, index) => from * Math.exp(ratio * index))
}

/**
 * The natural logarithm of a mixture e-process after each interval, for the ratio of two rates. Under every null (ratio at
 * most `nullRatio`, or at least it when the alternatives lie below), rates may change over time and arms may be unequal, the
 * chance of ever reaching 1/alpha is at most alpha, however often one looks.
 *
 * In an interval with n and m requests, C and B bad ones, an alternative rho multiplies its bet by
 * (p(rho)/p(rho0))^C ((1-p(rho))/(1-p(rho0)))^B with p(rho) = rho n / (rho n + m): given a bad event, the chance that it fell
 * on the new revision. Lindon and Malek, Anytime-Valid Inference for Multinomial Count Data (arXiv 2011.03567); Ville's inequality.
 */
export function ratioEvidence(
  intervals: readonly Interval[],
  nullRatio: number,
  alternatives: readonly number[],
): readonly number[] {
  const bets = alternatives.map(() => 0)
  // Arms keep their sizes for many intervals, and logarithms are what this costs.
  let gains: ReadonlyArray<readonly [here: number, there: number]> = []
  let sizes: readonly [total: number, baselineTotal: number] | undefined
  return intervals.map(({ bad, total, baselineBad, baselineTotal }) => {
    if (total > 0 && baselineTotal > 0 && bad + baselineBad > 0) {
      if (sizes?.[0] !== total || sizes[1] !== baselineTotal) {
        sizes = [total, baselineTotal]
        const [nullHere, nullThere] = logShares(nullRatio, total, baselineTotal)
        gains = alternatives.map((ratio) => {
          const [here, there] = logShares(ratio, total, baselineTotal)
          return [here - nullHere, there - nullThere]
        })
      }
      for (const [index, [here, there]] of gains.entries())
        bets[index] = (bets[index] ?? 0) + bad * here + baselineBad * there
    }
    return logMean(bets)
  })
}

/** Logarithms of the chances that a bad event falls on the new revision, and on the old one. */
function logShares(ratio: number, total: number, baselineTotal: number): readonly [here: number, there: number] {
  const sum = Math.log(ratio * total + baselineTotal)
  return [Math.log(ratio * total) - sum, Math.log(baselineTotal) - sum]
}

/**
 * The same for one rate against an absolute limit: an alternative q multiplies by (q/limit)^C ((1-q)/(1-limit))^(n-C).
 * Alternatives above the limit gather evidence that it is exceeded, below it that it is kept.
 */
export function limitEvidence(
  intervals: ReadonlyArray<Pick<Interval, 'bad' | 'total'>>,
  limit: number,
  alternatives: readonly number[],
): readonly number[] {
  const bets = alternatives.map(() => 0)
  const gains = alternatives.map((rate) => [Math.log(rate / limit), Math.log1p(-rate) - Math.log1p(-limit)] as const)
  return intervals.map(({ bad, total }) => {
    for (const [index, [ofBad, ofGood]] of gains.entries())
      bets[index] = (bets[index] ?? 0) + bad * ofBad + (total - bad) * ofGood
    return logMean(bets)
  })
}

/** The logarithm of the mean of exponentials, without overflow: evenly weighted alternatives. */
function logMean(logarithms: readonly number[]): number {
  const largest = Math.max(...logarithms)
  const sum = logarithms.reduce((total, value) => total + Math.exp(value - largest), 0)
  return largest + Math.log(sum / logarithms.length)
}
