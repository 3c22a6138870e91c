import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'
import type { LoadTest, Slo } from '@sluice/core/environment/gates'
import { parseLoadTestSummary, type LoadTestSummary } from '@sluice/core/load-test/summary'
import { decideLoadTest, expectVerdictCode, figuresOf, type LoadTestFigures } from '@sluice/core/load-test/verdict'
import type { Verdict } from '@sluice/core/verdict'
import { environmentForTests, runChild } from './child-process.ts'

export interface LoadTestRun extends Verdict {
  readonly url: string
  readonly figures: LoadTestFigures
  readonly summary: LoadTestSummary
}

/** Longest run of a scenario (soak), and time to start and to end. */
const timeoutMilliseconds = 4 * 3600_000

/** The scenario's file: the service's own below `load-tests/<service>/`, else the shared one. */
export function scenarioFile(root: string, service: string, scenario: string): string {
  const candidates = [join(root, 'load-tests', service, `${scenario}.ts`), join(root, 'load-tests', `${scenario}.ts`)]
  const file = candidates.find((path) => existsSync(path))
  if (file == null)
    throw new ConfigurationError(`expected the k6 scenario ${scenario} at ${candidates.join(' or ')}, found neither`)
  return file
}

/** Runs k6 against one address. Throws when the run itself goes wrong: only the service can fail a gate. */
export async function runLoadTest(
  k6: string,
  file: string,
  url: string,
  { duration, rate }: LoadTest,
  slo: Slo,
  onLine: (line: string) => void,
): Promise<LoadTestRun> {
  const room = await mkdtemp(join(tmpdir(), 'sluice-k6-'))
  try {
    const exported = join(room, 'summary.json')
    const { exitCode, hasTimedOut, lastLines } = await runChild(
      k6,
      [
        'run',
        '--quiet',
        '--no-color',
        '--no-usage-report',
        '--address=',
        `--summary-export=${exported}`,
        `--summary-trend-stats=avg,min,med,max,p(90),p(95),p(99),count`,
        file,
      ],
      {
        cwd: room,
        env: environmentForTests(process.env, {
          BASE_URL: url,
          SLO_AVAILABILITY: String(slo.availability),
          SLO_LATENCY_PERCENT: String(slo.latency.percent),
          SLO_LATENCY_MS: String(slo.latency.under),
          ...(duration == null ? {} : { DURATION: String(duration) }),
          ...(rate == null ? {} : { RATE: String(rate) }),
        }),
        timeoutMilliseconds,
        onLine,
      },
    )
    if (hasTimedOut || exitCode == null) throw new Error(`k6 against ${url} was ended before it finished`)
    expectVerdictCode(exitCode, lastLines)
    const summary = parseLoadTestSummary(JSON.parse(await readFile(exported, 'utf8')))
    return { ...decideLoadTest(exitCode, summary), url, figures: figuresOf(summary), summary }
  } finally {
    await rm(room, { recursive: true, force: true })
  }
}
