import { gateNames } from '../analysis/gates.ts'
import type { LoadTest } from '../environment/gates.ts'
import type { GateResult } from '../gate-result.ts'
import type { RolloutHandle } from '../rollout/handle.ts'
import type { Verdict } from '../verdict.ts'
import type { LoadTestFigures } from './verdict.ts'

/** One run of the scenario against one side. */
export interface SideResult extends Verdict {
  readonly side: LoadTest['against'][number]
  readonly url: string
  readonly figures: LoadTestFigures
}

/** Where the scenario runs. The first side decides: the new revision where it has a listener of its own. */
export function loadTestSides(
  loadTest: LoadTest,
  handle: RolloutHandle,
): ReadonlyArray<{ side: SideResult['side']; url: string }> {
  const order = ['test', 'production'] as const
  return order
    .filter((side) => loadTest.against.includes(side))
    .map((side) => {
      const url = side === 'test' ? handle.testUrl : handle.productionUrl
      if (url == null) throw new Error(`the handle of ${handle.service} names no ${side} address to load`)
      return { side, url }
    })
}

/** The gate's result. The old revision, loaded beside the new one on the same runner, shows in the reason and does not decide. */
export function loadTestGate(
  scenario: string,
  [decisive, beside]: readonly SideResult[],
  startedAt: Date,
  finishedAt: Date,
): GateResult {
  if (!decisive) throw new Error('a load test without a side decides nothing')
  const compared =
    beside == null
      ? ''
      : `; ${beside.side} beside it: ${beside.figures.requests} requests, p95 ${beside.figures.p95Milliseconds.toFixed(1)} ms`
  return {
    gate: gateNames.loadTest,
    outcome: decisive.outcome,
    reason: `${scenario} against ${decisive.side}: ${decisive.reason}${compared}`,
    figures: { ...decisive.figures },
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
  }
}

/** The summary of the run as Markdown. */
export function describeLoadTest(scenario: string, sides: readonly SideResult[]): string {
  const rows = sides.map(({ side, url, outcome, figures }) => {
    const { requests, requestsPerSecond, failedShare, p95Milliseconds, p99Milliseconds, droppedIterations } = figures
    const latency = `${p95Milliseconds.toFixed(1)} ms | ${p99Milliseconds.toFixed(1)} ms`
    return `| ${side} | ${url} | ${outcome} | ${requests} | ${requestsPerSecond.toFixed(1)} | ${(100 * failedShare).toFixed(2)} % | ${latency} | ${droppedIterations} |`
  })
  return [
    `#### k6 \`${scenario}\``,
    '',
    '| side | address | verdict | requests | a second | failed | p95 | p99 | dropped |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
