import { describe, expect, it } from 'vitest'
import { judge, type JudgeSettings } from '../../src/analysis/judge.ts'
import type { Measurement } from '../../src/analysis/measurement.ts'
import { aMeasurement, binomial, seededRandom, startedAt } from './measurements.ts'

const settings: JudgeSettings = {
  alpha: 0.05,
  tolerance: 1.2,
  maxRatio: 2,
  ceiling: { errors: 0.01, slow: 0.05 },
  metrics: ['errors'],
}
const looks = 30

/** Looks every minute until the judge decides, as analyze-rollout does. */
function runOnce(
  random: () => number,
  rate: (minute: number) => number,
  baselineRate: (minute: number) => number,
  canary = 100,
  baseline = 1900,
): { readonly outcome: string; readonly minutes: number } {
  const rows: Measurement[] = []
  for (let minute = 0; minute < looks; minute++) {
    const errors = binomial(canary, rate(minute), random)
    rows.push(
      aMeasurement(
        minute,
        { requests: canary, errors },
        { requests: baseline, errors: binomial(baseline, baselineRate(minute), random) },
      ),
    )
    const { outcome } = judge(rows, settings, { failFrom: startedAt, passFrom: startedAt })
    if (outcome !== 'inconclusive') return { outcome, minutes: minute + 1 }
  }
  return { outcome: 'inconclusive', minutes: looks }
}

function simulate(
  runs: number,
  seed: number,
  rate: (minute: number) => number,
  baselineRate: (minute: number) => number,
) {
  const random = seededRandom(seed)
  const results = Array.from({ length: runs }, () => runOnce(random, rate, baselineRate))
  const share = (outcome: string) => results.filter((result) => result.outcome === outcome).length / runs
  return { fail: share('fail'), pass: share('pass'), inconclusive: share('inconclusive') }
}

describe('the judge over whole rollouts, looked at every minute', { timeout: 60_000 }, () => {
  it('rolls back a healthy revision less often than alpha, at the edge of what it tolerates too', () => {
    expect(
      simulate(
        400,
        1,
        () => 0.005,
        () => 0.005,
      ).fail,
    ).toBeLessThanOrEqual(settings.alpha)
    expect(
      simulate(
        400,
        2,
        () => 0.006,
        () => 0.005,
      ).fail,
    ).toBeLessThanOrEqual(settings.alpha)
  })

  it('stays below alpha when an incident hits both revisions', () => {
    const incident = (minute: number) => (minute >= 14 ? 0.055 : 0.005)
    expect(simulate(200, 3, incident, incident).fail).toBeLessThanOrEqual(settings.alpha)
  })

  it('finds a fourfold error rate nearly always, and a gross one within two minutes', () => {
    expect(
      simulate(
        300,
        4,
        () => 0.02,
        () => 0.005,
      ).fail,
    ).toBeGreaterThanOrEqual(0.95)
    const random = seededRandom(5)
    const gross = Array.from({ length: 100 }, () =>
      runOnce(
        random,
        () => 0.3,
        () => 0.001,
      ),
    )
    expect(gross.every(({ outcome, minutes }) => outcome === 'fail' && minutes <= 2)).toBe(true)
  })

  it('passes a clean revision, and hardly ever one that is above ceiling and ratio', () => {
    expect(
      simulate(
        300,
        6,
        () => 0.0005,
        () => 0.0005,
      ).pass,
    ).toBeGreaterThanOrEqual(0.95)
    expect(
      simulate(
        300,
        7,
        () => 0.02,
        () => 0.01,
      ).pass,
    ).toBeLessThanOrEqual(settings.alpha)
  })
})
