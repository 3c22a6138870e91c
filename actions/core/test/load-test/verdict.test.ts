import { describe, expect, it } from 'vitest'
import { parseLoadTestSummary } from '../../src/load-test/summary.ts'
import { decideLoadTest, expectVerdictCode, figuresOf } from '../../src/load-test/verdict.ts'

/** What `--summary-export` writes; here `true` says that a threshold was crossed. */
const exported = (isCrossed: boolean, requests = 153) => ({
  root_group: {},
  metrics: {
    http_reqs: { count: requests, rate: 10.2 },
    http_req_duration: { avg: 2, 'p(95)': 5.04, 'p(99)': 32.6, thresholds: { 'p(95)<=200': isCrossed } },
    http_req_failed: { passes: 0, fails: requests, value: 0.25, thresholds: { 'rate<=0.001': false } },
    iterations: { count: 76, rate: 5 },
  },
})
/** What `handleSummary` is given, in k6 1 and 2. */
const handled = (ok: boolean) => ({
  options: {},
  state: { testRunDurationMs: 15_000 },
  metrics: {
    http_reqs: { type: 'counter', contains: 'default', values: { count: 153, rate: 10.2 } },
    http_req_duration: {
      type: 'trend',
      values: { 'p(95)': 5.04, 'p(99)': 32.6 },
      thresholds: { 'p(95)<=200': { ok } },
    },
    http_req_failed: { type: 'rate', values: { rate: 0.25, passes: 38, fails: 115 } },
    iterations: { type: 'counter', values: { count: 76, rate: 5 } },
  },
})
/** What `--new-machine-readable-summary` writes, without any threshold. */
const machineReadable = {
  version: '1.0.0',
  metadata: { k6Version: '2.2.0' },
  results: {
    checks: [],
    metrics: [
      { name: 'http_reqs', type: 'counter', values: { count: 153, rate: 10.2 } },
      { name: 'http_req_duration', type: 'trend', values: { 'p(95)': 5.04, 'p(99)': 32.6 } },
      { name: 'http_req_failed', type: 'rate', values: { rate: 0.25 } },
    ],
  },
}

describe('parseLoadTestSummary', () => {
  it.each([
    ['--summary-export', exported(false)],
    ['handleSummary', handled(true)],
    ['--new-machine-readable-summary', machineReadable],
  ])('reads the same figures from %s', (_, json) => {
    expect(figuresOf(parseLoadTestSummary(json))).toEqual({
      requests: 153,
      requestsPerSecond: 10.2,
      failedShare: 0.25,
      p95Milliseconds: 5.04,
      p99Milliseconds: 32.6,
      droppedIterations: 0,
    })
  })

  it('reads both polarities of a threshold', () => {
    const thresholdOf = (json: unknown) =>
      parseLoadTestSummary(json).thresholds.find(({ metric }) => metric === 'http_req_duration')
    expect(thresholdOf(exported(true))?.isMet).toBe(false)
    expect(thresholdOf(exported(false))?.isMet).toBe(true)
    expect(thresholdOf(handled(true))?.isMet).toBe(true)
    expect(thresholdOf(handled(false))?.isMet).toBe(false)
  })

  it('refuses what is no summary', () => {
    expect(() => parseLoadTestSummary({ hello: 'world' })).toThrow('expected a k6 summary')
  })
})

describe('decideLoadTest', () => {
  const decide = (code: number, json: unknown) => decideLoadTest(code, parseLoadTestSummary(json))

  it('passes when all thresholds are met', () => {
    expect(decide(0, exported(false))).toMatchObject({ outcome: 'pass' })
  })

  it('fails on a crossed threshold, with what was measured', () => {
    const { outcome, reason } = decide(99, exported(true))
    expect(outcome).toBe('fail')
    expect(reason).toContain('http_req_duration p(95)<=200 was not met, measured 5.04')
  })

  it.each([
    [
      'a run without requests, which passes every threshold of k6',
      0,
      exported(false, 0),
      'inconclusive',
      'no requests',
    ],
    ['a summary without thresholds', 0, machineReadable, 'inconclusive', 'no threshold'],
    ['a test that failed itself', 110, exported(false), 'fail', 'the script failed the test'],
    [
      'a rate that was not kept',
      0,
      { ...exported(false), metrics: { ...exported(false).metrics, dropped_iterations: { count: 60, rate: 1 } } },
      'inconclusive',
      'could not keep the rate',
    ],
  ])('does not pass %s', (_, code, json, outcome, reason) => {
    const verdict = decide(code, json)
    expect(verdict.outcome).toBe(outcome)
    expect(verdict.reason).toContain(reason)
  })

  it.each([97, 98, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 1])('takes exit code %i for an outage', (code) => {
    expect(() => expectVerdictCode(code, ['last line'])).toThrow(/nothing was decided\nlast line/)
  })

  it.each([0, 99, 110])('takes exit code %i for a verdict', (code) => {
    expect(() => expectVerdictCode(code, [])).not.toThrow()
  })
})
