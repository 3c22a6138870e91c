import { names } from '../names.ts'
import { combineVerdicts, type Verdict } from '../verdict.ts'
import { secondsBeforeStart, type ExpectedRecovery } from './expected.ts'
import { judgeTime, laterOf, untilGood, type Elapsed, type Measured, type Probe } from './measure.ts'
import { phaseOf, type Execution, type RecoveryMode } from './region-switch.ts'

/** What was seen while an execution ran. */
export interface Observed {
  /** Empty where there is no way to ask. */
  readonly reads: readonly Probe[]
  readonly writes: readonly Probe[]
  /** When each cluster's writer was first seen in the region that takes over. */
  readonly arrived: ReadonlyMap<number, Date>
}

interface Recovered extends Observed {
  readonly execution: Execution
  readonly mode: RecoveryMode
  readonly clusters: readonly number[]
  /** Seconds by cluster, from before the start. */
  readonly lag: ReadonlyMap<number, number | undefined>
}

/** Without a probe for as long as this, nobody knows what clients saw. */
const patienceSeconds = 10

/** Recovery times of reads and writes and the recovery point, each held against its objective. */
export function measureRecovery(seen: Recovered, expected: ExpectedRecovery): Measured[] {
  const { execution, reads, writes } = seen
  const start = execution.startedAt
  const answered = writes.length === 0 ? exactly(0) : untilGood(writes, start, patienceSeconds)
  return [
    judgeTime(
      'reads',
      untilGood(reads, start, patienceSeconds),
      { objectiveSeconds: expected.read.objectiveSeconds },
      reads.length === 0
        ? { outcome: 'inconclusive', reason: 'reads: nobody asked, for want of an address' }
        : { outcome: 'fail', reason: 'reads: not answered at the end' },
    ),
    judgeTime(
      'writes',
      laterOf(lastArrival(seen), answered),
      { objectiveSeconds: expected.write.objectiveSeconds, beforeSeconds: secondsBeforeStart(expected) },
      {
        outcome: 'fail',
        reason: `writes: ${seen.arrived.size} of ${seen.clusters.length} clusters have their writer in ${execution.region}${answered.seconds == null ? ', and writes are not answered' : ''}`,
      },
    ),
    recoveryPoint(seen, expected.recoveryPoint.objectiveSeconds),
  ]
}

/** Seconds until the last cluster had its writer: by ARC's step where it says when, else when the writer was first seen. */
function lastArrival({ execution, arrived, clusters }: Recovered): Elapsed {
  const times = clusters.map((cluster) => {
    const seen = arrived.get(cluster)
    if (!seen) return exactly(null)
    const step = execution.steps.find(({ name }) => name === names.databaseStep(cluster))
    const at = step?.status === 'completed' && step.endedAt ? Math.min(step.endedAt.getTime(), seen.getTime()) : seen
    return exactly(Math.max(0, (Number(at) - execution.startedAt.getTime()) / 1000))
  })
  return times.reduce(laterOf, exactly(0))
}

const exactly = (seconds: number | null): Elapsed => ({ seconds, isAtMost: false })

/** A switchover waits until nothing would be lost; a failover loses what had not arrived when it began. */
function recoveryPoint({ mode, lag, clusters }: Recovered, objectiveSeconds: number): Measured {
  const lags = clusters.map((cluster) => exactly(lag.get(cluster) ?? null))
  return judgeTime(
    'recovery point',
    mode === 'switchover' ? exactly(0) : lags.reduce(laterOf, exactly(0)),
    { objectiveSeconds },
    { outcome: 'inconclusive', reason: 'recovery point: nobody reported how far the replicas lagged behind' },
  )
}

/** The worst of everything: what was measured, and how the execution ended. */
export function recoveryVerdict({
  execution,
  measured,
}: {
  readonly execution?: Execution
  readonly measured: readonly Measured[]
}): Verdict {
  if (!execution) return { outcome: 'pass', reason: 'nothing to move' }
  return combineVerdicts([endOf(execution), ...measured.map(({ verdict }) => verdict)])
}

function endOf(execution: Execution): Verdict {
  const phase = phaseOf(execution)
  const open = execution.steps.filter(({ status }) => !['completed', 'skipped'].includes(status))
  const steps = open.map(({ name, status }) => `${name} ${status}`).join(', ')
  if (phase === 'failed')
    return { outcome: 'fail', reason: `the plan ended ${execution.state}: ${steps || 'no step says why'}` }
  if (phase === 'running') return { outcome: 'inconclusive', reason: `the plan is still ${execution.state}: ${steps}` }
  return execution.state === 'completedWithExceptions'
    ? { outcome: 'fail', reason: `the plan left steps out: ${steps || 'see its events'}` }
    : { outcome: 'pass', reason: `the plan ended ${execution.state}` }
}
