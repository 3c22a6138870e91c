import type {
  DeploymentConfiguration,
  LoadBalancer,
  NetworkConfiguration,
  TaskDefinition,
  TaskOverride,
  TaskStopCode,
} from '@aws-sdk/client-ecs'
import type { DeploymentRecord } from './deployment/deployment-record.ts'

/**
 * What the ECS of this machine remembers, as it stands in its state file. Times are milliseconds since the epoch, wall
 * clock. Names follow the API; what the API shows of a record is the business of the operations.
 */
export interface EcsRecords {
  /** By cluster name. */
  readonly clusters: Record<string, ClusterRecord>
  /** By family, oldest revision first; a revision's number is its position plus one. */
  readonly families: Record<string, TaskDefinitionRecord[]>
  /** By service ARN. */
  readonly services: Record<string, ServiceRecord>
  /** By task ARN. */
  readonly tasks: Record<string, TaskRecord>
  /** By the ARN of what is tagged. */
  readonly tags: Record<string, Record<string, string>>
}

export interface ClusterRecord {
  readonly arn: string
  readonly name: string
  status: 'ACTIVE' | 'INACTIVE'
}

export interface TaskDefinitionRecord {
  /** Without its dates, which JSON cannot carry. */
  readonly definition: Omit<TaskDefinition, 'registeredAt' | 'deregisteredAt'>
  readonly registeredAt: number
  deregisteredAt?: number
}

export interface ServiceRecord {
  readonly arn: string
  readonly name: string
  readonly cluster: string
  readonly createdAt: number
  readonly createdBy: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  desiredCount: number
  deploymentConfiguration: DeploymentConfiguration
  loadBalancers: readonly LoadBalancer[]
  networkConfiguration?: NetworkConfiguration
  healthCheckGracePeriodSeconds: number
  /** Fields that are shown as they were given and change nothing here (launch type, managed tags, ...). */
  passive: Record<string, unknown>
  /** Oldest first; kept as history. */
  readonly revisions: RevisionRecord[]
  /** Oldest first; kept as history. */
  deployments: DeploymentRecord[]
  /** The revision that `DescribeServices` calls PRIMARY. */
  primary: string
  /** After a restart: wall time until which the service waits for its load balancers to be there again. */
  restoreUntil?: number
  /** Newest first, at most 100. */
  events: Array<{ readonly id: string; readonly createdAt: number; readonly message: string }>
}

/** One service revision: immutable in what it runs; the rest is the scheduler's bookkeeping. */
export interface RevisionRecord {
  /** 19 digits; shared by `ecs-svc/<id>` and the revision's ARN. */
  readonly id: string
  readonly arn: string
  readonly createdAt: number
  readonly taskDefinition: string
  readonly loadBalancers: readonly LoadBalancer[]
  readonly networkConfiguration?: NetworkConfiguration
  /** Which of the two target groups of each load balancer this revision's tasks stand in. */
  readonly side: 'primary' | 'alternate'
  /** Digests are known once the first task has pulled; later tasks use them (ECS's version consistency). */
  images: Array<{ readonly containerName: string; readonly image: string; imageDigest?: string }>
  /** Tasks that the scheduler keeps up for this revision. */
  desired: number
  /** `desired` is the service's desired count, also when that changes. */
  followsService: boolean
  /** Its deployment failed and was not rolled back: no task of it is started again. */
  halted?: boolean
  /** Still has, or may have, tasks. */
  active: boolean
  updatedAt: number
  failedTasks: number
  failuresInARow: number
  lastFailureAt?: number
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  rolloutStateReason: string
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

export interface TaskRecord {
  readonly id: string
  readonly arn: string
  readonly cluster: string
  readonly taskDefinition: string
  readonly group: string
  readonly startedBy?: string
  readonly overrides: TaskOverride
  /** RunTask with the same token answers with the same tasks. */
  readonly clientToken?: string
  readonly createdAt: number
  /** Set for tasks of a service. */
  readonly service?: string
  readonly revision?: string
  readonly targetGroups: ReadonlyArray<{
    readonly targetGroupArn: string
    readonly containerName: string
    readonly containerPort: number
  }>
  lastStatus: TaskStatus
  desiredStatus: 'RUNNING' | 'STOPPED'
  containers: ContainerRecord[]
  version: number
  pullStartedAt?: number
  pullStoppedAt?: number
  startedAt?: number
  stoppingAt?: number
  stoppedAt?: number
  stopCode?: TaskStopCode
  stoppedReason?: string
  /** When it first passed its health checks. */
  healthyAt?: number
  /** The scheduler stopped it because it failed: counts for the circuit breaker. */
  failedHealthChecks?: boolean
  /** The scheduler has taken note of its end. */
  accounted?: boolean
}

export interface ContainerRecord {
  readonly name: string
  readonly arn: string
  readonly image: string
  imageDigest?: string
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  exitCode?: number
  reason?: string
  /** Where it listens on 127.0.0.1, when it has a port mapping. */
  hostPort?: number
  readonly containerPort?: number
}
