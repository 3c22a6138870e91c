import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findK6, K6NotFoundError } from '../tool/k6.mjs'

const isRequired = process.env['SLUICE_REQUIRE'] === 'all'
const k6 = await findK6({ install: isRequired }).catch((error: unknown) => {
  if (error instanceof K6NotFoundError && !isRequired) return undefined
  throw error
})

/** What k6 itself makes of a scenario's options. */
function inspect(scenario: string, settings: Readonly<Record<string, string>>) {
  const given = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const file = join(import.meta.dirname, '..', `${scenario}.ts`)
  const text = execFileSync(k6?.path ?? '', ['inspect', ...given, file], { encoding: 'utf8' })
  return JSON.parse(text) as {
    readonly scenarios: Readonly<
      Record<
        string,
        {
          readonly executor: string
          readonly rate?: number
          readonly startRate?: number
          readonly duration?: string
          readonly stages?: ReadonlyArray<{ readonly target: number }>
        }
      >
    >
    readonly thresholds: Readonly<Record<string, readonly string[]>>
    readonly summaryTrendStats: readonly string[]
  }
}

describe.skipIf(!k6)('a scenario (needs k6 on the PATH or in the cache)', () => {
  it.each([
    ['smoke', 'constant-arrival-rate', undefined],
    ['average', 'constant-arrival-rate', undefined],
    ['stress', 'ramping-arrival-rate', 12],
    ['spike', 'ramping-arrival-rate', 40],
    ['soak', 'constant-arrival-rate', undefined],
  ])('%s sends an arrival rate, and fails by the objective of the service', (scenario, executor, highest) => {
    const { scenarios, thresholds, summaryTrendStats } = inspect(scenario, {
      RATE: '4',
      DURATION: '100',
      SLO_AVAILABILITY: '99.5',
      SLO_LATENCY_PERCENT: '99',
      SLO_LATENCY_MS: '150',
    })
    expect(scenarios[scenario]).toMatchObject(
      highest == null ? { executor, rate: 4, duration: '1m40s' } : { executor, startRate: 4 },
    )
    const targets = scenarios[scenario]?.stages?.map(({ target }) => target) ?? []
    expect(targets.length > 0 ? Math.max(...targets) : undefined).toBe(highest)
    expect(thresholds).toEqual({
      http_req_failed: ['rate<=0.005'],
      http_req_duration: ['p(99)<=150'],
      checks: ['rate>=0.99'],
    })
    // The gate tells p95 and p99; k6 computes only what is asked for.
    expect(summaryTrendStats).toEqual(expect.arrayContaining(['p(95)', 'p(99)', 'count']))
  })
})
