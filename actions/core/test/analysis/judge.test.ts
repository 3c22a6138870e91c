import { describe, expect, it } from 'vitest'
import { judge, type JudgeSettings } from '../../src/analysis/judge.ts'
import { aMeasurement, startedAt } from './measurements.ts'

const settings: JudgeSettings = {
  alpha: 0.05,
  tolerance: 1.2,
  maxRatio: 2,
  ceiling: { errors: 0.01, slow: 0.05 },
  metrics: ['errors'],
}
const window = { failFrom: startedAt, passFrom: startedAt }
const metric = (name: string, verdict: ReturnType<typeof judge>) =>
  verdict.metrics.find(({ metric }) => metric === name)

describe('judge', () => {
  it('passes 325 clean requests against a ceiling of 1 %, and not 324', () => {
    expect(judge([aMeasurement(0, { requests: 324 })], settings, window).outcome).toBe('inconclusive')
    const { outcome, reason } = judge([aMeasurement(0, { requests: 325 })], settings, window)
    expect(outcome).toBe('pass')
    expect(reason).toContain('errors: 0 of 325 requests (0 %): below the 1 % ceiling')
  })

  it('fails a revision that is worse than the one beside it, and says by how much', () => {
    const rows = [aMeasurement(0, { requests: 200, errors: 12 }, { requests: 600, errors: 1 })]
    const { outcome, reason } = judge(rows, settings, window)
    expect(outcome).toBe('fail')
    expect(reason).toMatch(/errors: 12 of 200 requests \(6 %\) against 1 of 600 \(0\.167 %\): .*E = .* reached 60\.0/)
  })

  it.each([
    ['one', [60, 0, 0, 0], 'inconclusive'],
    ['two', [60, 60, 0, 0], 'inconclusive'],
    ['three', [60, 60, 60], 'fail'],
    ['three, not one after the other,', [60, 0, 60, 0, 60], 'fail'],
  ])('takes slowness that lasts %s intervals for a stall or for the revision', (_, slow, outcome) => {
    const rows = slow.map((here, minute) => aMeasurement(minute, { requests: 200, slow: here }, { requests: 600 }))
    const verdict = judge(rows, { ...settings, metrics: ['slow'], ceiling: { errors: 0.01, slow: 0.001 } }, window)
    expect(verdict.outcome).toBe(outcome)
  })

  it('fails by the ceiling alone where there is no revision beside it', () => {
    const rows = [aMeasurement(0, { requests: 100, errors: 20 })]
    expect(judge(rows, settings, window)).toMatchObject({ outcome: 'fail' })
    expect(judge(rows, settings, window).reason).toContain('above the 1 % ceiling')
  })

  it('counts refused connections as errors: a crash answers no 5xx', () => {
    const rows = [aMeasurement(0, { requests: 0, connectionErrors: 30 }, { requests: 90 })]
    expect(judge(rows, settings, window).reason).toContain('errors: 30 of 30 requests')
    expect(judge(rows, settings, window).outcome).toBe('fail')
  })

  it('does not roll back for an incident that both revisions share', () => {
    const rows = [0, 1, 2, 3].map((minute) =>
      aMeasurement(minute, { requests: 250, errors: 25 }, { requests: 750, errors: 75 }),
    )
    const verdict = judge(rows, settings, window)
    expect(verdict.outcome).not.toBe('fail')
  })

  it('is inconclusive without traffic, whatever else is known', () => {
    expect(judge([], settings, window)).toMatchObject({ outcome: 'inconclusive' })
    expect(judge([], settings, window).reason).toContain('no requests since')
  })

  it('wants fresh evidence for a pass after each shift, and keeps old evidence for a fail', () => {
    const early = aMeasurement(0, { requests: 5000 })
    const afterShift = { failFrom: startedAt, passFrom: new Date(startedAt.getTime() + 60_000) }
    expect(judge([early], settings, afterShift).outcome).toBe('inconclusive')
    const bad = aMeasurement(0, { requests: 200, errors: 12 }, { requests: 600, errors: 1 })
    expect(judge([bad], settings, afterShift).outcome).toBe('fail')
  })

  it('takes what came before the rollout for its history only', () => {
    const before = aMeasurement(-5, { requests: 1000, errors: 500 })
    expect(judge([before, aMeasurement(0, { requests: 400 })], settings, window).outcome).toBe('pass')
  })

  it('asks every metric: one undecided metric holds the rollout', () => {
    const both: JudgeSettings = { ...settings, metrics: ['errors', 'slow'] }
    const verdict = judge([aMeasurement(0, { requests: 400, slow: 20 })], both, window)
    expect(metric('errors', verdict)?.outcome).toBe('pass')
    expect(metric('slow', verdict)?.outcome).toBe('inconclusive')
    expect(verdict.outcome).toBe('inconclusive')
  })

  it('guards what only the load balancer sees, unless it was so before', () => {
    const crash = (minute: number) => ({
      ...aMeasurement(minute, { requests: 100 }, { requests: 100 }),
      loadBalancerErrors: 20,
    })
    expect(judge([crash(0), crash(1)], settings, window).outcome).toBe('fail')
    const before = [-3, -2, -1].map(crash)
    expect(judge([...before, crash(0), crash(1)], settings, window).outcome).not.toBe('fail')
  })

  describe('target-health', () => {
    const health: JudgeSettings = { ...settings, metrics: ['target-health'] }
    const ill = (minute: number) =>
      aMeasurement(minute, { healthyHosts: 1, unhealthyHosts: 1 }, { healthyHosts: 2, unhealthyHosts: 0 })
    const well = (minute: number) => aMeasurement(minute, { healthyHosts: 2, unhealthyHosts: 0 })

    it.each([
      ['three ill periods in a row', [ill(0), ill(1), ill(2)], 'fail'],
      ['two ill periods', [ill(0), ill(1)], 'inconclusive'],
      ['a healthy last period', [ill(0), ill(1), well(2)], 'pass'],
      ['hosts that were not reported', [aMeasurement(0, { requests: 10 })], 'inconclusive'],
      [
        'both revisions ill',
        [0, 1, 2].map((minute) => aMeasurement(minute, { unhealthyHosts: 1 }, { unhealthyHosts: 1 })),
        'inconclusive',
      ],
    ] as const)('decides %s: %s', (_, rows, outcome) => {
      expect(judge([...rows], health, window).outcome).toBe(outcome)
    })
  })
})
