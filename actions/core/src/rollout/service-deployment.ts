/** A hook of a service deployment, as ECS reports it: without the stage or step that it belongs to. */
export interface LifecycleHook {
  readonly hookId: string
  readonly targetType: string
  readonly status: string
  readonly expiresAt?: Date | undefined
  readonly timeoutAction?: string | undefined
}

/** One service revision's share in a deployment. Weights are percentages, absent for ROLLING. */
export interface RevisionShare {
  readonly arn: string
  readonly requestedTasks: number
  readonly runningTasks: number
  readonly pendingTasks: number
  readonly productionWeight?: number | undefined
  readonly testWeight?: number | undefined
}

/**
 * ECS's record of a rollout. Statuses and stages are open strings: ECS names stages that its own SDK does not list
 * (PRE_PRODUCTION_TRAFFIC_SHIFT in client-ecs 3.1162), and what is not known is treated as still running.
 */
export interface ServiceDeployment {
  readonly arn: string
  readonly status: string
  readonly statusReason?: string | undefined
  readonly lifecycleStage?: string | undefined
  readonly createdAt: Date
  readonly finishedAt?: Date | undefined
  readonly target: RevisionShare
  readonly sources: readonly RevisionShare[]
  readonly hooks: readonly LifecycleHook[]
  readonly rollback?: { readonly reason?: string | undefined; readonly revisionArn?: string | undefined } | undefined
  readonly breaker?: { readonly status: string; readonly failureCount: number; readonly threshold: number } | undefined
  readonly alarms?: { readonly status: string; readonly triggered: readonly string[] } | undefined
}

/** Reading and answering service deployments. `read` rejects when ECS has no such deployment. */
export interface ServiceDeployments {
  read(arn: string): Promise<ServiceDeployment>
  /** Newest first. */
  list(cluster: string, service: string, createdAfter: Date): Promise<readonly DeploymentEntry[]>
  /** Answers a pause hook. Resolves with `false` when the hook no longer waits for an answer: somebody else's came first. */
  answer(arn: string, hookId: string, action: 'CONTINUE' | 'ROLLBACK'): Promise<boolean>
  /** Rolls back a deployment that is in progress; harmless when it already ends or has ended. */
  stop(arn: string): Promise<void>
}

export interface DeploymentEntry {
  readonly arn: string
  readonly status: string
  readonly revisionArn: string
  readonly createdAt: Date
}

/** The number that a service revision's ARN and the deployment id `ecs-svc/<N>` share (Terraform's provider relies on it). */
export function revisionIdOf(arnOrDeploymentId: string): string {
  return arnOrDeploymentId.slice(arnOrDeploymentId.lastIndexOf('/') + 1)
}

/** Statuses after which a deployment does not change any more. */
export const finalStatuses: readonly string[] = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']
