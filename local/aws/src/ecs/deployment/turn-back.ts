import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import type { DeploymentRecord, HookRecord } from './deployment-record.ts'
import { planRollback } from './plan.ts'

/** Which status may follow which. Whatever is not here is a fault of the caller. */
const followers: Readonly<Record<ServiceDeploymentStatus, readonly ServiceDeploymentStatus[]>> = {
  PENDING: ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'STOP_REQUESTED'],
  IN_PROGRESS: [
    'SUCCESSFUL',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
    'ROLLBACK_FAILED',
    'STOP_REQUESTED',
    'STOPPED',
  ],
  ROLLBACK_REQUESTED: ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_FAILED', 'STOP_REQUESTED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOP_REQUESTED'],
  STOP_REQUESTED: ['STOPPED'],
  STOPPED: [],
  SUCCESSFUL: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
}

/** Throws when the deployment may not go there. */
export function toStatus(record: DeploymentRecord, status: ServiceDeploymentStatus): DeploymentRecord {
  if (!followers[record.status].includes(status)) {
    throw new Error(`a service deployment cannot go from ${record.status} to ${status} (${record.arn})`)
  }
  return { ...record, status }
}

export const noCandidateReason = 'No rollback candidate was found to run the rollback.'

/** What follows `Service deployment rolled back because `, in ECS's words where they are known. */
export const because = {
  breaker: 'the circuit breaker threshold was exceeded.',
  pauseTimedOut: (stage: string) => `${stage} pause hook timed out.`,
  // The next three are ours: ECS's texts for them are not documented.
  pauseRefused: (stage: string) => `ROLLBACK was chosen at the ${stage} pause hook.`,
  alarms: (names: readonly string[]) => `of alarms in ALARM state: ${names.join(', ')}.`,
  requested: 'StopServiceDeployment requested a rollback.',
  networking: (problem: string) => `of invalid networking configuration. ${problem}`,
} as const

/** The deployment turns back, or, when nothing was ever good, stays failed: the true cause stands in the events. */
export function rollBack(record: DeploymentRecord, cause: string, at: number): DeploymentRecord {
  if (record.candidate == null) {
    const failed = toStatus(record, 'ROLLBACK_FAILED')
    return closeMonitors({ ...failed, failure: cause, statusReason: noCandidateReason, finishedAt: at })
  }
  const statusReason = `Service deployment rolled back because ${cause}`
  const { stepSince: _, ...rest } = toStatus(record, 'ROLLBACK_IN_PROGRESS')
  return {
    ...closeMonitors(rest),
    failure: cause,
    statusReason,
    rollback: { reason: statusReason, startedAt: at, revision: record.candidate },
    plan: planRollback(record.configuration, record.plan.slice(record.cursor)),
    cursor: 0,
    hooks: withoutWaiting(record.hooks),
  }
}

/** Hooks that nobody answered are answered no more. */
export function withoutWaiting(hooks: readonly HookRecord[]): readonly HookRecord[] {
  return hooks.map((hook) => (hook.status === 'AWAITING_ACTION' ? { ...hook, status: 'FAILED' } : hook))
}

/** A failure that was detected while rollback is off: the deployment stands still, as stoppedAt's documentation says. */
export function halt(record: DeploymentRecord, cause: string, at: number): DeploymentRecord {
  return closeMonitors({
    ...toStatus(record, 'STOPPED'),
    failure: cause,
    statusReason: `Service deployment stopped because ${cause}`,
    stoppedAt: at,
    finishedAt: at,
  })
}

/** Breaker and alarms watch no more. */
export function closeMonitors(record: DeploymentRecord): DeploymentRecord {
  const close = <T extends { readonly status: string }>(monitor: T): T =>
    monitor.status === 'MONITORING' ? { ...monitor, status: 'MONITORING_COMPLETE' } : monitor
  return { ...record, breaker: close(record.breaker), alarms: close(record.alarms) }
}
