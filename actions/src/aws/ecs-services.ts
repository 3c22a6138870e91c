import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
  type ECSClient,
  type LoadBalancer,
  type Service,
  type ServiceRevision,
  type Task,
} from '@aws-sdk/client-ecs'
import type { EcsService, EcsServices } from '@sluice/core/rollout/ecs-service'

export function ecsServices(ecs: ECSClient): EcsServices {
  return {
    async read(cluster, service) {
      const { services, failures } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))
      if (services?.[0]) return toEcsService(services[0])
      const reason = failures?.[0]?.reason
      if (reason === 'MISSING' || reason == null) return undefined
      throw new Error(`ECS could not describe ${service} in ${cluster}: ${reason}`)
    },
    async update(cluster, service, { taskDefinitionArn, deploymentConfiguration, loadBalancers }) {
      // No desiredCount: scaling owns it. No empty lists: the API takes some of them for a change.
      const { service: updated } = await ecs.send(
        new UpdateServiceCommand({
          cluster,
          service,
          taskDefinition: taskDefinitionArn,
          deploymentConfiguration: deploymentConfiguration as DeploymentConfiguration | undefined,
          ...(loadBalancers == null ? {} : { loadBalancers: loadBalancers as LoadBalancer[] }),
        }),
      )
      if (!updated) throw new Error(`ECS answered the update of ${service} without a service`)
      return toEcsService(updated)
    },
  }
}

function toEcsService(service: Service): EcsService {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  const vpc = service.networkConfiguration?.awsvpcConfiguration
  return {
    arn: service.serviceArn ?? '',
    status: service.status ?? '',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    primary:
      primary?.id == null || primary.taskDefinition == null
        ? undefined
        : { id: primary.id, taskDefinitionArn: primary.taskDefinition },
    loadBalancers: service.loadBalancers ?? [],
    network: vpc && {
      subnets: vpc.subnets ?? [],
      securityGroups: vpc.securityGroups ?? [],
      assignPublicIp: vpc.assignPublicIp ?? 'DISABLED',
    },
  }
}

/** One immutable service revision. Rejects when ECS has no such revision. */
export async function readServiceRevision(ecs: ECSClient, arn: string): Promise<ServiceRevision> {
  const { serviceRevisions, failures } = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] }),
  )
  if (!serviceRevisions?.[0])
    throw new Error(`expected the service revision ${arn}, found none (${failures?.[0]?.reason ?? 'no reason given'})`)
  return serviceRevisions[0]
}

/** The target group that a revision really uses; `undefined` without a load balancer. */
export function targetGroupOf(revision: ServiceRevision): string | undefined {
  return (
    revision.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn ?? revision.loadBalancers?.[0]?.targetGroupArn
  )
}

/** Tasks of a service, running or recently stopped. */
export async function listServiceTasks(
  ecs: ECSClient,
  cluster: string,
  serviceName: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<readonly Task[]> {
  const tasks: Task[] = []
  let nextToken: string | undefined
  do {
    const page = await ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus, nextToken }))
    if (page.taskArns?.length) {
      const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks: page.taskArns }))
      tasks.push(...(described.tasks ?? []))
    }
    nextToken = page.nextToken
  } while (nextToken != null)
  return tasks
}
