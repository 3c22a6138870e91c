import { describe, expect, it } from 'vitest'
import { limitEvidence, logSpaced, ratioEvidence, type Interval } from '../../src/analysis/e-process.ts'

const intervals = (
  bad: readonly number[],
  baselineBad: readonly number[],
  total: number,
  baselineTotal: number,
): Interval[] => bad.map((count, index) => ({ bad: count, total, baselineBad: baselineBad[index] ?? 0, baselineTotal }))

describe('ratioEvidence', () => {
  // Computed independently with 48 evenly weighted alternatives, both ends included.
  it.each([
    ['a burst against a quiet baseline', [3], [5], 100, 1900, 1, [1.0001, 30], [26.056766249]],
    [
      'evidence over four intervals',
      [0, 2, 1, 3],
      [4, 6, 5, 5],
      100,
      1900,
      1.2,
      [1.2, 30],
      [0.45952089, 1.25874057, 1.65642039, 22.11442473],
    ],
    ['evidence for a pass', [0, 1, 0, 1], [10, 9, 11, 10], 1000, 19_000, 2, [0.2, 1.5], [1.35182085]],
  ] as const)('gives the published vector: %s', (_, bad, baselineBad, n, m, nullRatio, [from, to], expected) => {
    const path = ratioEvidence(intervals(bad, baselineBad, n, m), nullRatio, logSpaced(from, to)).map(Math.exp)
    const relativeErrors = path.slice(-expected.length).map((value, index) => value / (expected[index] ?? 0) - 1)
    expect(Math.max(...relativeErrors.map(Math.abs))).toBeLessThan(1e-8)
  })

  it('says nothing without bad events, and nothing without a second arm', () => {
    const alternatives = logSpaced(1.2, 30)
    expect(ratioEvidence(intervals([0, 0], [0, 0], 100, 1900), 1.2, alternatives).map(Math.exp)).toEqual([1, 1])
    expect(ratioEvidence(intervals([50], [0], 100, 0), 1.2, alternatives).map(Math.exp)).toEqual([1])
  })

  it('does not depend on how requests are cut into intervals while the arms keep their proportion', () => {
    const alternatives = logSpaced(1.2, 30)
    const whole = ratioEvidence(intervals([6], [8], 400, 1200), 1.2, alternatives).at(-1)
    const cut = ratioEvidence(intervals([1, 2, 0, 3], [2, 2, 3, 1], 100, 300), 1.2, alternatives).at(-1)
    expect(cut).toBeCloseTo(whole ?? Number.NaN, 10)
  })
})

describe('limitEvidence', () => {
  it('equals the likelihood ratio with a single alternative', () => {
    const [logarithm] = limitEvidence([{ bad: 3, total: 100 }], 0.01, [0.05])
    expect(logarithm).toBeCloseTo(3 * Math.log(5) + 97 * Math.log(0.95 / 0.99), 10)
  })

  it('survives rates and counts that would overflow', () => {
    const [logarithm] = limitEvidence([{ bad: 1e6, total: 1e6 }], 0.01, logSpaced(0.01, 0.95))
    expect(logarithm).toBeGreaterThan(4e6)
    expect(Number.isFinite(logarithm)).toBe(true)
  })
})
