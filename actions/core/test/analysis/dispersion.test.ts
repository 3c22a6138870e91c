import { describe, expect, it } from 'vitest'
import { deflate, designEffect, estimateDispersion } from '../../src/analysis/dispersion.ts'
import { binomial, seededRandom } from './measurements.ts'

describe('estimateDispersion', () => {
  it('finds none where events are independent', () => {
    const random = seededRandom(11)
    const estimates = Array.from({ length: 200 }, () =>
      estimateDispersion(Array.from({ length: 30 }, () => ({ bad: binomial(1000, 0.01, random), total: 1000 }))),
    )
    expect(estimates.filter(({ icc }) => icc > 0).length / 200).toBeLessThan(0.06)
  })

  it('finds bursts, and counts them as fewer independent events', () => {
    const intervals = Array.from({ length: 30 }, (_, index) => ({ bad: index % 10 === 0 ? 100 : 0, total: 1000 }))
    const dispersion = estimateDispersion(intervals)
    expect(dispersion.dispersion).toBeGreaterThan(50)
    expect(designEffect(1000, dispersion)).toBeCloseTo(dispersion.dispersion, 5)
    const deflated = deflate({ bad: 100, total: 1000, baselineBad: 0, baselineTotal: 0 }, dispersion)
    expect(deflated.bad).toBeLessThan(2)
    expect(deflated.bad / deflated.total).toBeCloseTo(0.1, 10)
  })

  it('does not guess from a handful of intervals or events', () => {
    expect(
      estimateDispersion([
        { bad: 50, total: 100 },
        { bad: 0, total: 100 },
      ]),
    ).toMatchObject({ icc: 0, dispersion: 1 })
  })
})
