import type { DeploymentEntry, LifecycleHook, ServiceDeployment } from './service-deployment.ts'

/** Where a rollout stands. What ECS reports and we do not know is `running`, so that nothing is ever concluded from it. */
export type RolloutState = {
  readonly stage: string
  /** One line for people: why it stands there. */
  readonly reason: string
} & (
  | { readonly phase: 'running' | 'rolling-back' }
  | { readonly phase: 'paused'; readonly hook: LifecycleHook }
  | { readonly phase: 'landed' | 'rolled-back' | 'roll-back-failed' | 'stopped' }
  | { readonly phase: 'superseded'; readonly by: string }
)
export type RolloutPhase = RolloutState['phase']

/**
 * Reads the state off ECS's record. Only SUCCESSFUL of this very deployment has landed. `newer` are the service's
 * deployments since this one: STOPPED with a successor means superseded, STOPPED alone means that it failed with roll back off.
 */
export function rolloutState(deployment: ServiceDeployment, newer: readonly DeploymentEntry[] = []): RolloutState {
  const { status, statusReason } = deployment
  const stage = deployment.lifecycleStage ?? ''
  const because = statusReason ?? deployment.rollback?.reason
  switch (status) {
    case 'SUCCESSFUL':
      return { phase: 'landed', stage, reason: because ?? 'the service deployment was successful' }
    case 'ROLLBACK_SUCCESSFUL':
      return { phase: 'rolled-back', stage, reason: because ?? 'ECS rolled back and gave no reason' }
    case 'ROLLBACK_FAILED':
      return { phase: 'roll-back-failed', stage, reason: because ?? 'the roll back failed and ECS gave no reason' }
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return { phase: 'rolling-back', stage, reason: because ?? 'ECS is rolling back' }
    case 'STOPPED': {
      const successor = newer.find(({ arn, createdAt }) => arn !== deployment.arn && createdAt >= deployment.createdAt)
      if (!successor)
        return { phase: 'stopped', stage, reason: because ?? 'the service deployment was stopped without roll back' }
      const reason = `superseded by ${successor.arn}, which deploys ${successor.revisionArn} and is ${successor.status}`
      return { phase: 'superseded', stage, reason, by: successor.arn }
    }
    case 'IN_PROGRESS': {
      const hook = deployment.hooks.find(
        ({ targetType, status }) => targetType === 'PAUSE' && status === 'AWAITING_ACTION',
      )
      if (!hook) break
      const until = hook.expiresAt ? ` until ${hook.expiresAt.toISOString()}` : ''
      const then = hook.timeoutAction ?? 'ROLLBACK'
      return { phase: 'paused', stage, hook, reason: `waits for an answer${until}, then ${then}` }
    }
    default:
  }
  return { phase: 'running', stage, reason: because ?? `${status}${stage === '' ? '' : ` at ${stage}`}` }
}

/** Whether nothing more will happen. */
export function isFinished({ phase }: RolloutState): boolean {
  return phase !== 'running' && phase !== 'paused' && phase !== 'rolling-back'
}

/** The share of production traffic that the new revision has been given, 0 to 100. ROLLING counts by its tasks. */
export function productionWeight({ target, sources }: ServiceDeployment): number {
  if (target.productionWeight != null) return target.productionWeight
  const running = [target, ...sources].reduce((sum, { runningTasks }) => sum + runningTasks, 0)
  return running === 0 ? 0 : (100 * target.runningTasks) / running
}
