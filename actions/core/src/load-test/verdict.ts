import type { Verdict } from '../verdict.ts'
import type { LoadTestSummary, Threshold } from './summary.ts'

/** k6's exit codes (errext/exitcodes). Only two of them are about the service; the rest say that the run itself went wrong. */
const exitCodes: Readonly<Record<number, string>> = {
  97: 'the cloud run failed or was aborted',
  98: 'the progress of the cloud run could not be read',
  99: 'thresholds were crossed',
  100: 'setup() timed out',
  101: 'teardown() timed out',
  102: 'a timeout',
  103: 'stopped by its REST API',
  104: 'an invalid configuration',
  105: 'aborted by a signal',
  106: 'its REST API could not start',
  107: 'the script threw an exception',
  108: 'the script aborted the test',
  109: 'k6 itself crashed',
  110: 'the script failed the test',
}
const verdictCodes: readonly number[] = [0, 99, 110]

/** Above this share of iterations that never began, the rate that was asked for was not the rate that was tested. */
const largestDroppedShare = 0.1

export interface LoadTestFigures {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly failedShare: number
  readonly p95Milliseconds: number
  readonly p99Milliseconds: number
  readonly droppedIterations: number
}

/** Throws when k6 ended for a reason that says nothing about the service: an outage is no verdict. */
export function expectVerdictCode(exitCode: number, lastLines: readonly string[]): void {
  if (verdictCodes.includes(exitCode)) return
  const meaning = exitCodes[exitCode] ?? 'an exit code that k6 does not document'
  throw new Error([`k6 ended with ${exitCode}: ${meaning}; nothing was decided`, ...lastLines].join('\n'))
}

export function figuresOf({ metrics }: LoadTestSummary): LoadTestFigures {
  const requests = metrics['http_reqs']
  const durations = metrics['http_req_duration']
  const failed = metrics['http_req_failed']
  return {
    requests: requests?.['count'] ?? 0,
    requestsPerSecond: requests?.['rate'] ?? 0,
    // The exported summary names a rate's value `value`, the other shapes name it `rate`.
    failedShare: failed?.['rate'] ?? failed?.['value'] ?? 0,
    p95Milliseconds: durations?.['p(95)'] ?? 0,
    p99Milliseconds: durations?.['p(99)'] ?? 0,
    droppedIterations: metrics['dropped_iterations']?.['count'] ?? 0,
  }
}

/**
 * What a run says about the service. A run without requests passes every threshold (rates without samples are true, trends
 * without samples are 0), so it is never a pass; neither is one that could not keep its rate.
 */
export function decideLoadTest(exitCode: number, summary: LoadTestSummary): Verdict {
  const figures = figuresOf(summary)
  const numbers = `${figures.requests} requests, ${percent(figures.failedShare)} failed, p95 ${figures.p95Milliseconds.toFixed(1)} ms`
  const crossed = summary.thresholds.filter(({ isMet }) => !isMet)
  if (figures.requests === 0) return { outcome: 'inconclusive', reason: 'k6 made no requests: nothing was tested' }
  if (crossed.length > 0)
    return {
      outcome: 'fail',
      reason: `${crossed.map((threshold) => describe(threshold, summary)).join('; ')} (${numbers})`,
    }
  if (exitCode !== 0) return { outcome: 'fail', reason: `k6: ${exitCodes[exitCode] ?? exitCode} (${numbers})` }
  if (summary.thresholds.length === 0)
    return { outcome: 'inconclusive', reason: `the summary names no threshold, so none was met (${numbers})` }
  const iterations = summary.metrics['iterations']?.['count'] ?? 0
  const dropped = figures.droppedIterations / Math.max(1, iterations + figures.droppedIterations)
  if (dropped > largestDroppedShare) {
    const reason = `k6 could not keep the rate: ${percent(dropped)} of the iterations never began (${numbers})`
    return { outcome: 'inconclusive', reason }
  }
  return { outcome: 'pass', reason: `${numbers}; all ${summary.thresholds.length} thresholds met` }
}

function describe({ metric, expression }: Threshold, { metrics }: LoadTestSummary): string {
  const name = /^[^<>=!]+/.exec(expression)?.[0].trim() ?? ''
  const values = metrics[metric] ?? {}
  const measured = values[name] ?? (name === 'rate' ? values['value'] : undefined)
  return `${metric} ${expression} was not met${measured == null ? '' : `, measured ${Number(measured.toPrecision(4))}`}`
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`
}
