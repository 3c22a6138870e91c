import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, failedRequests, type Clone } from './deliver-clone.ts'

let clone: Clone
beforeEach(() => {
  clone = cloneOfHead()
})
afterEach(() => clone.remove())

/** A delivery with a fault, what catches it where, and what the reason must tell. */
const faults: ReadonlyArray<readonly [fault: string, environment: string, reason: RegExp]> = [
  ['latency', 'prod', /slow: \d+ of \d+ requests \([\d.]+ %\) against/],
  ['crash', 'dev', /circuit breaker.*\d+ of \d+ stopped tasks.*exit code 1/],
  ['never-healthy', 'dev', /circuit breaker.*\d+ of \d+ stopped tasks.*health checks/],
]

describe('a release that misbehaves', () => {
  it.each(faults)('with %s is caught in %s, and the old one goes on serving', { timeout: 900_000 }, async (...row) => {
    const [fault, environment, reason] = row
    const { code, output, report } = await clone.deliver('--runtime', 'process', '--fault', fault)
    expect(report.result, output).toBe('rolled-back')
    expect(code).toBe(1)
    expect(report.reason).toMatch(reason)
    expect(report.reason.startsWith(`${environment}: `)).toBe(true)
    expect(report.environments.find(({ name }) => name === environment)?.digest).toBe(report.baseline.digest)
    expect(report.environments.find(({ name }) => name === 'prod')?.digest).toBe(report.baseline.digest)
    expect(failedRequests(report), JSON.stringify(report.traffic)).toBe(0)
    expect(report.traffic.find(({ phase }) => phase === 'after roll back')?.requests).toBeGreaterThan(100)
  })
})
