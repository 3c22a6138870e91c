import type { ExpectedRecovery } from './expected.ts'
import { recoveryVerdict } from './outcome.ts'
import type { RecoveryResult } from './run-recovery.ts'

const icons = { pass: '✅', fail: '❌', inconclusive: '❔' } as const

const table = (head: readonly string[], rows: ReadonlyArray<readonly (string | number)[]>): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const seconds = (value: number | null) => (value == null ? '–' : `${Math.round(value * 10) / 10} s`)

/** The summary of a recovery for people: what moved, what was measured against what, and how long each step took. Markdown. */
export function describeRecovery(result: RecoveryResult, expected: ExpectedRecovery): string {
  const { plan, execution, measured, warnings } = result
  const { reason, outcome } = recoveryVerdict(result)
  return [
    execution
      ? `### ${icons[outcome]} ${plan.environment} to ${plan.region} by ${execution.mode}\n\n${reason}`
      : `### ${plan.environment} to ${plan.region}: the plan`,
    describeMoves(result),
    ...(warnings.length > 0
      ? [`ARC's evaluation of the plan:\n\n${warnings.map((one) => `- ${one}`).join('\n')}`]
      : []),
    execution ? describeMeasured(result, expected) : describeExpected(expected),
    ...(execution && measured.length > 0 ? [describeSteps(execution), picture(execution)] : []),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function describeMoves({ plan }: RecoveryResult): string {
  const rows = plan.moves.map(({ cluster, shards, from, isThere }) => [
    cluster,
    shards.join(', '),
    from ?? 'on its way',
    isThere ? 'is there' : plan.region,
  ])
  return table(['cluster', 'shards', 'writer in', 'moves to'], rows)
}

function describeExpected({ read, write }: ExpectedRecovery): string {
  const rows = [
    ['reads', seconds(read.seconds), seconds(read.objectiveSeconds)],
    ['writes', seconds(write.seconds), seconds(write.objectiveSeconds)],
  ]
  return table(['', 'expected by `sluice rto`', 'objective'], rows)
}

function describeMeasured({ measured }: RecoveryResult, expected: ExpectedRecovery): string {
  const ofName = { reads: expected.read.seconds, writes: expected.write.seconds, 'recovery point': null }
  const rows = measured.map(({ name, seconds: own, isAtMost, beforeSeconds, objectiveSeconds, verdict }) => [
    name,
    `${isAtMost ? 'at most ' : ''}${seconds(own)}`,
    beforeSeconds > 0 ? seconds(beforeSeconds) : '',
    seconds(ofName[name]),
    seconds(objectiveSeconds),
    `${icons[verdict.outcome]} ${verdict.outcome}`,
  ])
  return table(['', 'measured from the start', 'to notice and decide', 'expected', 'objective', ''], rows)
}

type Steps = NonNullable<RecoveryResult['execution']>

function describeSteps({ steps }: Steps): string {
  if (steps.length === 0) return ''
  const rows = steps.map(({ name, status, startedAt, endedAt }) => [
    name,
    status,
    startedAt && endedAt ? seconds((endedAt.getTime() - startedAt.getTime()) / 1000) : '',
  ])
  return table(['step', '', 'took'], rows)
}

/** What ran at the same time, as GitHub draws it. */
function picture({ startedAt, steps }: Steps): string {
  const done = steps.flatMap((step) =>
    step.startedAt && step.endedAt ? [{ name: step.name, from: step.startedAt, until: step.endedAt }] : [],
  )
  if (done.length === 0) return ''
  const at = (time: Date) => Math.max(0, Math.round((time.getTime() - startedAt.getTime()) / 1000))
  const bars = done.map(({ name, from, until }) => `  ${name} : ${at(from)}, ${Math.max(at(until), at(from) + 1)}`)
  return ['```mermaid', 'gantt', '  dateFormat X', '  axisFormat %s s', ...bars, '```'].join('\n')
}
