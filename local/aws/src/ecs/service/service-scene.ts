import type { EmulatorClock } from '../../clock.ts'
import type { LoadBalancing, TargetHealth, TargetState } from '../../elbv2/load-balancing.ts'
import type { EcsRecords, RevisionRecord, ServiceRecord, TaskRecord } from '../records.ts'

/** What the scheduler sees of one service in one moment. */
export interface ServiceScene {
  readonly service: ServiceRecord
  /** Every task that is not STOPPED. */
  readonly tasks: readonly TaskRecord[]
  /** Tasks of a revision that are to run. */
  alive(revision: RevisionRecord): readonly TaskRecord[]
  /** Tasks of a revision that are not STOPPED yet, those that drain included. */
  remaining(revision: RevisionRecord): readonly TaskRecord[]
  healthy(revision: RevisionRecord): number
  isHealthy(task: TaskRecord): boolean
  /** The worst state of the task in its target groups, `undefined` when it stands in none. */
  targetState(task: TaskRecord): TargetState | undefined
  /** It is up, and gives its load balancer another answer than it should. */
  answersWrongly(task: TaskRecord): boolean
}

/**
 * Without a load balancer, a task is taken for healthy once it has run for 5 s; for 2 real seconds at least, because a
 * process starts in its own time whatever the speed of the clock.
 */
export const settledAfter = (clock: EmulatorClock): number => Math.max(clock.scale(5000), 2000)

export function lookAt(
  service: ServiceRecord,
  records: EcsRecords,
  balancing: LoadBalancing,
  now: number,
  settledMilliseconds: number,
): ServiceScene {
  const tasks = Object.values(records.tasks).filter(
    (task) => task.service === service.arn && task.lastStatus !== 'STOPPED',
  )
  const found = new Map<string, TargetHealth>()
  const groups = new Set(tasks.flatMap(({ targetGroups }) => targetGroups.map(({ targetGroupArn }) => targetGroupArn)))
  for (const arn of groups) {
    for (const health of healthOf(balancing, arn)) found.set(`${arn} ${health.target.id}`, health)
  }
  const healthIn = ({ id, targetGroups }: TaskRecord) =>
    targetGroups.map(({ targetGroupArn }) => found.get(`${targetGroupArn} ${id}`))
  const targetState = (task: TaskRecord): TargetState | undefined => {
    const own = healthIn(task).map((health) => health?.state ?? 'unused')
    return own.find((state) => state === 'unhealthy') ?? own.find((state) => state !== 'healthy') ?? own[0]
  }
  const isHealthy = (task: TaskRecord): boolean => {
    if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING' || task.startedAt == null) return false
    const state = targetState(task)
    return state == null ? now - task.startedAt >= settledMilliseconds : state === 'healthy'
  }
  const alive = (revision: RevisionRecord) =>
    tasks.filter((task) => task.revision === revision.id && task.desiredStatus === 'RUNNING')
  return {
    service,
    tasks,
    alive,
    remaining: (revision) => tasks.filter((task) => task.revision === revision.id),
    healthy: (revision) => alive(revision).filter(isHealthy).length,
    isHealthy,
    targetState,
    answersWrongly: (task) => healthIn(task).some((health) => health?.reason === 'Target.ResponseCodeMismatch'),
  }
}

/** A target group that is gone has no healthy target; the deployment waits, as on AWS. */
function healthOf(balancing: LoadBalancing, targetGroupArn: string) {
  try {
    return balancing.health(targetGroupArn)
  } catch {
    return []
  }
}
