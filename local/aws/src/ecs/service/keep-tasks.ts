import type { EmulatorClock } from '../../clock.ts'
import { stayingRevision } from '../deployment/deployment-record.ts'
import type { EcsRecords, RevisionRecord, ServiceRecord, TaskRecord } from '../records.ts'
import type { TaskRunner } from '../task/task-runner.ts'
import { announce, taskList } from './announce.ts'
import { deploymentId, openDeployments, recordEvent, revisionOf } from './record-event.ts'
import type { ServiceScene } from './service-scene.ts'
import { hopelessFailures } from './take-step.ts'

export interface KeepPorts {
  readonly clock: EmulatorClock
  readonly runner: TaskRunner
  /** Makes the record of a new task of this revision and starts it. */
  launch(service: ServiceRecord, revision: RevisionRecord): TaskRecord
}

/**
 * Takes note of tasks that began to end since the last look, and lets the breaker count those that failed: a replacement
 * may start while the failed task still drains, and has to know of the failure.
 */
export function accountForEnds(service: ServiceRecord, records: EcsRecords, at: number): void {
  for (const task of Object.values(records.tasks)) {
    if (task.service !== service.arn || task.desiredStatus !== 'STOPPED' || task.accounted) continue
    task.accounted = true
    if (task.revision == null || !isFailure(task)) continue
    const revision = revisionOf(service, task.revision)
    revision.failedTasks++
    revision.failuresInARow++
    revision.lastFailureAt = at
    if (task.stopCode === 'TaskFailedToStart') {
      announce(service, `was unable to start a task: (task ${task.id}) ${task.stoppedReason ?? ''}`.trim(), at)
    }
    noteFailure(service, revision, at)
  }
}

function isFailure({ stopCode, failedHealthChecks }: TaskRecord): boolean {
  return stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited' || failedHealthChecks === true
}

function noteFailure(service: ServiceRecord, revision: RevisionRecord, at: number): void {
  const deployment = openDeployments(service).find(({ status }) => status === 'IN_PROGRESS')
  if (deployment?.target === revision.id) {
    recordEvent(service, deployment, { type: 'taskFailed', at, desiredCount: service.desiredCount })
  }
  const returning = openDeployments(service).find(({ status }) => status === 'ROLLBACK_IN_PROGRESS')
  if (returning && stayingRevision(returning) === revision.id && revision.failuresInARow >= hopelessFailures) {
    recordEvent(service, returning, {
      type: 'failed',
      at,
      because: `tasks of ${deploymentId(revision.id)} failed ${revision.failuresInARow} times in a row.`,
    })
  }
}

/** Notes tasks that became healthy, and stops those that fail their target group's checks after the grace period. */
export function checkHealth(scene: ServiceScene, { clock, runner }: KeepPorts): void {
  const { service } = scene
  const at = clock.now().getTime()
  for (const task of scene.tasks) {
    if (task.revision == null || task.desiredStatus !== 'RUNNING' || task.startedAt == null) continue
    const revision = revisionOf(service, task.revision)
    pinImages(revision, task)
    if (scene.isHealthy(task)) {
      if (task.healthyAt != null) continue
      task.healthyAt = at
      revision.failuresInARow = 0
      const deployment = openDeployments(service).find(({ status }) => status === 'IN_PROGRESS')
      if (deployment?.target === revision.id) recordEvent(service, deployment, { type: 'taskHealthy', at })
      for (const { targetGroupArn } of task.targetGroups) {
        announce(service, `registered 1 targets in (target-group ${targetGroupArn})`, task.startedAt)
      }
      continue
    }
    const graceOver = at - task.startedAt >= grace(service, clock, scene.answersWrongly(task))
    if (scene.targetState(task) !== 'unhealthy' || !graceOver) continue
    task.failedHealthChecks = true
    const [group] = task.targetGroups
    const port = task.containers.find(({ hostPort }) => hostPort != null)?.hostPort
    announce(
      service,
      `(task ${task.id}) (port ${port ?? 0}) is unhealthy in (target-group ${group?.targetGroupArn ?? ''}) due to (reason Health checks failed).`,
      at,
    )
    runner.stop(task, {
      code: 'ServiceSchedulerInitiated',
      reason: `Task failed ELB health checks in (target-group ${group?.targetGroupArn ?? ''})`,
    })
  }
}

/**
 * Probes run as many times faster as the clock does, a process starts in its own time, which on a busy machine is long: one that
 * does not answer has the whole grace period in real seconds, one that answers wrongly what the clock makes of it, but 10 at least.
 */
function grace(service: ServiceRecord, clock: EmulatorClock, answersWrongly: boolean): number {
  const real = service.healthCheckGracePeriodSeconds * 1000
  if (clock.scale(1) >= 1) return real
  return Math.max(answersWrongly ? clock.scale(real) : real, 10_000)
}

/** The digests that the first task pulled are those of the revision: every later task runs the same bytes. */
function pinImages(revision: RevisionRecord, task: TaskRecord): void {
  for (const image of revision.images) {
    const pulled = task.containers.find(({ name }) => name === image.containerName)?.imageDigest
    if (pulled != null) image.imageDigest ??= pulled
  }
}

/** Starts what is missing of each revision and stops what is too many. */
export function keepTasks(scene: ServiceScene, ports: KeepPorts): void {
  const { service } = scene
  const at = ports.clock.now().getTime()
  for (const revision of service.revisions) {
    if (!revision.active) continue
    if (revision.followsService) revision.desired = service.desiredCount
    const alive = scene.alive(revision)
    if (alive.length < revision.desired && !revision.halted && at >= nextLaunch(revision, ports.clock)) {
      const started = Array.from({ length: revision.desired - alive.length }, () => ports.launch(service, revision))
      announce(service, `has started ${started.length} tasks: ${taskList(started)}.`, at)
    }
    if (alive.length > revision.desired) stopSurplus(scene, revision, ports, at)
  }
}

/** ECS starts tasks that keep failing at growing intervals; at least 200 ms of real time, whatever the clock's speed. */
function nextLaunch({ failuresInARow, lastFailureAt }: RevisionRecord, clock: EmulatorClock): number {
  if (failuresInARow === 0 || lastFailureAt == null) return 0
  const seconds = Math.min(60, 2 ** (failuresInARow - 1))
  return lastFailureAt + Math.max(200, clock.scale(seconds * 1000))
}

/** The ones that carry nothing go first, then the oldest. */
function stopSurplus(scene: ServiceScene, revision: RevisionRecord, { runner }: KeepPorts, at: number): void {
  const { service } = scene
  const surplus = [...scene.alive(revision)]
    .sort((a, b) => Number(scene.isHealthy(a)) - Number(scene.isHealthy(b)) || a.createdAt - b.createdAt)
    .slice(0, scene.alive(revision).length - revision.desired)
  const draining = surplus.filter(({ targetGroups, startedAt }) => targetGroups.length > 0 && startedAt != null)
  if (draining.length > 0) {
    const subject = `taskSet ${deploymentId(revision.id)}`
    announce(service, `has begun draining connections on ${draining.length} tasks.`, at, subject)
  }
  for (const task of surplus) {
    runner.stop(task, {
      code: 'ServiceSchedulerInitiated',
      reason: `Scaling activity initiated by (deployment ${deploymentId(revision.id)})`,
    })
  }
  announce(service, `has stopped ${surplus.length} running tasks: ${taskList(surplus)}.`, at)
}
