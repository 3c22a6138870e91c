import { gateNames } from '@sluice/core/analysis/gates'
import type { AcceptanceTest } from '@sluice/core/environment/gates'
import type { GateResult } from '@sluice/core/gate-result'
import { combineVerdicts, type Verdict } from '@sluice/core/verdict'
import { environmentForTests, runChild } from './child-process.ts'

export interface TestRun extends Verdict {
  readonly name: string
  readonly seconds: number
  readonly lastLines: readonly string[]
}

/** A shell's own codes: the command is not executable, or not there. Those say nothing about the service. */
const notRun = [126, 127]

/**
 * Runs one acceptance test against an address, which it finds in BASE_URL. Exit code 0 is a pass, a time limit is
 * inconclusive, any other code a fail. Throws when the command itself could not run.
 */
export async function runAcceptanceTest(
  { name, run, timeout }: AcceptanceTest,
  root: string,
  url: string,
  onLine: (line: string) => void,
): Promise<TestRun> {
  const began = Date.now()
  const { exitCode, hasTimedOut, lastLines } = await runChild(run, [], {
    cwd: root,
    env: environmentForTests(process.env, { BASE_URL: url }),
    timeoutMilliseconds: timeout * 1000,
    onLine,
    shell: true,
  })
  const seconds = (Date.now() - began) / 1000
  if (hasTimedOut)
    return { name, seconds, lastLines, outcome: 'inconclusive', reason: `${name} was ended after ${timeout} s` }
  if (exitCode == null || notRun.includes(exitCode))
    throw new Error(
      [`the test ${name} could not run: "${run}" ended with ${exitCode ?? 'a signal'}`, ...lastLines].join('\n'),
    )
  const outcome = exitCode === 0 ? 'pass' : 'fail'
  const reason = `${name} ${outcome === 'pass' ? 'passed' : `ended with ${exitCode}`} in ${seconds.toFixed(1)} s`
  return { name, seconds, lastLines, outcome, reason }
}

/** All tests as one gate. */
export function testsGate(runs: readonly TestRun[], startedAt: Date, finishedAt: Date): GateResult {
  return {
    gate: gateNames.tests,
    ...combineVerdicts(runs),
    figures: {
      tests: runs.length,
      passed: runs.filter(({ outcome }) => outcome === 'pass').length,
      seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    },
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
  }
}

/** The runs as Markdown, with the last lines of those that did not pass. */
export function describeTests(runs: readonly TestRun[], url: string): string {
  const rows = runs.map(({ name, outcome, seconds }) => `| ${name} | ${outcome} | ${seconds.toFixed(1)} s |`)
  const logs = runs
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ name, lastLines }) => `Last lines of ${name}:\n\n\`\`\`\n${lastLines.join('\n')}\n\`\`\``)
  return [`Against ${url}`, ['| test | verdict | time |', '|---|---|---|', ...rows].join('\n'), ...logs].join('\n\n')
}
