import { describe, expect, it } from 'vitest'
import { metricPeriodSeconds } from '../../src/analysis/measurement.ts'
import { planSamples } from '../../src/analysis/sample-plan.ts'

const analysis = {
  alpha: 0.05,
  tolerance: 1.2,
  maxRatio: 2,
  ceiling: { errors: 0.01, slow: 0.05 },
  metrics: ['errors', 'slow'] as Array<'errors' | 'slow' | 'target-health'>,
  timeout: 1800,
}

describe('planSamples', () => {
  it('needs what the tightest ceiling needs', () => {
    expect(planSamples(analysis, { requestsPerSecond: 10, percent: 25 })).toEqual({
      needed: 325,
      expected: 4500,
      seconds: 130,
      canDecide: true,
    })
  })

  it('tells a service too quiet for a canary', () => {
    expect(planSamples(analysis, { requestsPerSecond: 0.5, percent: 25 })).toMatchObject({
      expected: 225,
      canDecide: false,
    })
    expect(planSamples(analysis, { requestsPerSecond: 0, percent: 25 })).toMatchObject({
      seconds: Number.POSITIVE_INFINITY,
      canDecide: false,
    })
  })

  it('needs no requests when only health is asked for', () => {
    expect(
      planSamples({ ...analysis, metrics: ['target-health'] }, { requestsPerSecond: 0, percent: 5 }).canDecide,
    ).toBe(true)
  })
})

describe('metricPeriodSeconds', () => {
  it.each([
    [1, 1],
    [4, 1],
    [7, 5],
    [45, 30],
    [60, 60],
    [90, 60],
    [150, 120],
  ])('finds a period that CloudWatch takes for an interval of %i s: %i s', (interval, period) => {
    expect(metricPeriodSeconds(interval)).toBe(period)
  })
})
