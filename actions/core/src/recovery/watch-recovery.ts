import type { Probe } from './measure.ts'
import type { Observed } from './outcome.ts'
import type { RecoveryPlan } from './recovery-plan.ts'
import type { RecoveryPorts } from './recovery-request.ts'
import { phaseOf, type Execution, type RegionSwitch, type SwitchPlan } from './region-switch.ts'

/** How often everything is asked: what is measured is as exact as this. */
const pollMilliseconds = 2000
/** Beyond this a recovery is not late, it is stuck. */
const limitMilliseconds = 45 * 60_000
/** Reads, writes and writers have this long to settle after ARC has ended. */
const settleMilliseconds = 10 * 60_000

/** What was seen of an execution, and how it ended. */
export interface Watched extends Observed {
  readonly execution: Execution
}

/** An execution, where it runs and what it moves. */
interface Started {
  readonly regionSwitch: RegionSwitch
  readonly arc: SwitchPlan
  readonly id: string
  readonly plan: RecoveryPlan
  readonly clusters: readonly number[]
}

/** Asks ARC, the databases and as a client, until all is well for good or nothing happens any more. */
export async function watchRecovery(
  { clients, clock, databases, report }: RecoveryPorts,
  { regionSwitch, arc, id, plan, clusters }: Started,
): Promise<Watched> {
  const own = databases(plan.region)
  const reads: Probe[] = []
  const writes: Probe[] = []
  const arrived = new Map<number, Date>()
  const began = clock.now().getTime()
  let endedAt: number | undefined
  let last = ''
  for (;;) {
    const [execution, writers, isRead, isWritten] = await Promise.all([
      regionSwitch.read(arc, id),
      own.writers(clusters.filter((cluster) => !arrived.has(cluster))),
      clients.read?.(),
      clients.write?.(),
    ])
    const now = clock.now()
    if (isRead != null) reads.push({ at: now, isAnswered: isRead })
    if (isWritten != null) writes.push({ at: now, isAnswered: isWritten })
    for (const [cluster, region] of writers) if (region === plan.region) arrived.set(cluster, now)
    const said = [ofProbe('reads', isRead), ofProbe('writes', isWritten)].join('')
    const line = `${execution.state}, ${arrived.size} of ${clusters.length} writers there${said}`
    if (line !== last) report(line)
    last = line
    const phase = phaseOf(execution)
    if (phase !== 'running') endedAt ??= now.getTime()
    const isGood = arrived.size === clusters.length && isRead !== false && isWritten !== false
    const isOver =
      (phase !== 'running' && isGood) ||
      phase === 'failed' ||
      (endedAt != null && now.getTime() - endedAt > settleMilliseconds) ||
      now.getTime() - began > limitMilliseconds
    if (isOver) return { execution, reads, writes, arrived }
    await clock.sleep(pollMilliseconds)
  }
}

const ofProbe = (what: string, isAnswered: boolean | undefined): string =>
  isAnswered == null ? '' : `, ${what} ${isAnswered ? 'answered' : 'FAIL'}`
