import { describe, expect, it } from 'vitest'
import { type DeliveryReport, renderReport, summarizeTraffic } from '../../src/deliver/report.ts'

const traffic = summarizeTraffic(
  new Map([
    ['stage', { requests: 2, failed: 0, latencies: [4, 2.04], failures: {} }],
    [
      'prod',
      {
        requests: 100,
        failed: 3,
        latencies: Array.from({ length: 100 }, (_, i) => i + 1),
        failures: { 503: 2, ECONNRESET: 1 },
      },
    ],
    ['after', { requests: 0, failed: 0, latencies: [], failures: {} }],
  ]),
)

const report: DeliveryReport = {
  result: 'rolled-back',
  reason: 'prod: errors 21.4 % against 0 %',
  commit: '1'.repeat(40),
  baseline: { commit: '2'.repeat(40), isParent: true, digest: `sha256:${'a'.repeat(64)}` },
  runtime: 'process',
  environments: [{ name: 'prod', digest: `sha256:${'a'.repeat(64)}`, url: 'http://127.0.0.1:1' }],
  traffic,
  seconds: { stage: 20, prod: 41.26 },
}

describe('the report of a delivery', () => {
  it('counts each phase, with the percentile and the slowest request', () => {
    expect(traffic).toEqual([
      { phase: 'stage', requests: 2, failed: 0, p95Milliseconds: 4, slowestMilliseconds: 4, failures: {} },
      {
        phase: 'prod',
        requests: 100,
        failed: 3,
        p95Milliseconds: 96,
        slowestMilliseconds: 100,
        failures: { 503: 2, ECONNRESET: 1 },
      },
      { phase: 'after', requests: 0, failed: 0, p95Milliseconds: 0, slowestMilliseconds: 0, failures: {} },
    ])
  })

  it('says for people what failed, how often and when', () => {
    const page = renderReport(report, '.sluice/runs/one')
    expect(page).toContain('Rolled back: prod: errors 21.4 % against 0 %')
    expect(page).toContain('102 requests while it was replaced, 3 of them with a failure: 503 2 times in prod')
    expect(page).toContain('ECONNRESET once in prod.')
    expect(page).toMatch(/^ {2}prod +41\.3 +100 +3 +96 +100$/m)
    expect(page).toMatch(/^ {2}prod +a{12} +- +not reached +http:\/\/127\.0\.0\.1:1$/m)
  })

  it('says nothing of kinds where nothing failed', () => {
    const calm = { ...report, result: 'delivered' as const, traffic: traffic.slice(0, 1) }
    expect(renderReport(calm, 'folder')).toContain(
      'Production answered 2 requests while it was replaced, 0 of them with a failure.\n',
    )
  })
})
