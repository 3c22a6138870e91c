import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type ECSClient } from '@aws-sdk/client-ecs'
import type { Json } from '@sluice/core/canonical-json'
import { clusterName, ecsServiceName, type NamedEnvironment } from '@sluice/core/environment/ecs-names'
import { names } from '@sluice/core/names'

/** What an ECS service runs, as its task definition says. */
export interface RunningRelease {
  /** `repository@sha256:…`, without a host: every region pulls its own copy. */
  readonly image: string
  /** Absent when the task definition came with the infrastructure. */
  readonly commit?: string
  readonly version?: string
  readonly taskDefinitionArn: string
  /** The parts of the task definition that a release sets, for comparison. */
  readonly definition: { readonly [key: string]: Json | undefined }
}

/** Reads what runs in one region of an environment; nothing when there is no such service. */
export async function readRunningRelease(
  ecs: ECSClient,
  environment: NamedEnvironment,
  service: string,
): Promise<RunningRelease | undefined> {
  const cluster = clusterName(environment)
  const name = ecsServiceName(environment, service)
  const { services = [], failures = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }))
  const unexpected = failures.filter(({ reason }) => reason !== 'MISSING')
  if (unexpected.length > 0) {
    throw new Error(`could not describe ${name} in ${cluster}: ${unexpected.map(({ reason }) => reason).join(', ')}`)
  }
  const arn = services.find(({ status }) => status === 'ACTIVE')?.taskDefinition
  if (arn == null) return undefined
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))
  const container = taskDefinition?.containerDefinitions?.find((found) => found.name === names.container(service))
  if (!taskDefinition || container?.image == null) {
    throw new Error(`expected a container "${names.container(service)}" in ${arn}, found none`)
  }
  const variable = (key: string): string | undefined =>
    container.environment?.find((candidate) => candidate.name === key)?.value
  const commit = variable('SLUICE_RELEASE_COMMIT')
  const version = variable('SLUICE_RELEASE_VERSION')
  const { cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions } = taskDefinition
  return {
    image: container.image.replace(/^[^/]*[.:][^/]*\//, ''),
    ...(commit == null ? {} : { commit }),
    ...(version == null ? {} : { version }),
    taskDefinitionArn: arn,
    definition: JSON.parse(
      JSON.stringify({ cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions }),
    ) as RunningRelease['definition'],
  }
}
