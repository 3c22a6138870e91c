import type { DeploymentConfiguration, ServiceLoadBalancer } from './deployment-configuration.ts'
import type { TaskDefinitionInput } from './task-definition.ts'

/** An ECS service, the part that a rollout looks at. */
export interface EcsService {
  readonly arn: string
  readonly status: string
  readonly desiredCount: number
  readonly runningCount: number
  /** The newest of its deployments (`ecs-svc/<N>`, PRIMARY): what it runs or is moving to. */
  readonly primary?: { readonly id: string; readonly taskDefinitionArn: string } | undefined
  readonly loadBalancers: readonly ServiceLoadBalancer[]
  readonly network?: TaskNetwork | undefined
}

export interface TaskNetwork {
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly assignPublicIp: string
}

export interface ServiceUpdate {
  readonly taskDefinitionArn: string
  readonly deploymentConfiguration?: DeploymentConfiguration
  readonly loadBalancers?: readonly ServiceLoadBalancer[] | undefined
}

export interface EcsServices {
  /** `undefined` when there is no such service. */
  read(cluster: string, service: string): Promise<EcsService | undefined>
  /** ONE update a rollout: a second one stops the first. Resolves with the service as ECS answered. */
  update(cluster: string, service: string, change: ServiceUpdate): Promise<EcsService>
}

/** A registered task definition revision. */
export interface RegisteredDefinition {
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
}

export interface TaskDefinitionRegistry {
  /** The newest active revision of a family. */
  newest(family: string): Promise<RegisteredDefinition | undefined>
  read(arn: string): Promise<RegisteredDefinition>
  register(input: TaskDefinitionInput): Promise<string>
  /** Harmless when it is inactive already. */
  deregister(arn: string): Promise<void>
}

export interface OneOffTask {
  readonly arn: string
  readonly lastStatus: string
  readonly stopCode?: string | undefined
  readonly stoppedReason?: string | undefined
  readonly containers: ReadonlyArray<{
    readonly name: string
    readonly exitCode?: number | undefined
    readonly reason?: string | undefined
  }>
}

export interface OneOffTasks {
  /** `token` makes a repeated call find the first one's task (ECS: clientToken). */
  run(cluster: string, taskDefinitionArn: string, network: TaskNetwork, token: string): Promise<OneOffTask>
  read(cluster: string, arn: string): Promise<OneOffTask>
}
