import type { DeploymentConfiguration, ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import type { LifecycleStage, Step } from './plan.ts'

/** One PAUSE hook that was reached. A stage that is reached again gets hooks of its own, with ids of their own. */
export interface HookRecord {
  readonly id: string
  readonly stage: LifecycleStage
  /** Position in the plan of the step that it holds up. */
  readonly step: number
  readonly status: 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT'
  readonly expiresAt: number
  readonly timeoutAction: 'CONTINUE' | 'ROLLBACK'
}

export type MonitorStatus = 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED'

/** A service deployment: immutable; `advance` makes the next one. Times are wall milliseconds. */
export interface DeploymentRecord {
  readonly arn: string
  readonly configuration: DeploymentConfiguration
  readonly target: string
  /** Revisions that were active when it was asked for. */
  readonly sources: readonly string[]
  /** The last revision whose deployment succeeded: where a roll back goes. */
  readonly candidate?: string
  readonly status: ServiceDeploymentStatus
  readonly statusReason?: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly stoppedAt?: number
  readonly plan: readonly Step[]
  /** Position in the plan of the step that is being taken. */
  readonly cursor: number
  /** Since when the step's own condition (a bake) holds. */
  readonly stepSince?: number
  /** Percent on the target revision. */
  readonly weights: { readonly production: number; readonly test: number }
  readonly hooks: readonly HookRecord[]
  readonly breaker: { readonly status: MonitorStatus; readonly failureCount: number; readonly threshold: number }
  readonly alarms: {
    readonly status: MonitorStatus
    readonly names: readonly string[]
    readonly triggered: readonly string[]
  }
  /** Why it failed, also when `statusReason` says only that nothing could be rolled back to. */
  readonly failure?: string
  readonly rollback?: { readonly reason: string; readonly startedAt: number; readonly revision: string }
}

export const terminalStatuses: ReadonlySet<ServiceDeploymentStatus> = new Set([
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
])

export function isOver(deployment: DeploymentRecord): boolean {
  return terminalStatuses.has(deployment.status)
}

export function strategyOf({ configuration }: DeploymentRecord): string {
  return configuration.strategy ?? 'ROLLING'
}

/** The revision that is to have the service when the deployment is over, and that scaling applies to. */
export function stayingRevision(deployment: DeploymentRecord): string {
  return deployment.rollback?.revision ?? deployment.target
}
