import { CfnService, CfnTaskDefinition, type CfnCluster } from 'aws-cdk-lib/aws-ecs'
import type { Construct } from 'constructs'
import { imageHost, names, roleArn } from '@sluice/core/names'
import { renderTaskDefinitions } from '@sluice/core/rollout/task-definition'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'
import type { ServiceSubject } from '../stacks/service-stack.ts'
import { serviceRoleNames } from '../identity/service-roles.ts'
import type { Routing } from './routing.ts'

/** What a service listens on inside its task. */
const containerPort = 8080

/** What the actions build task definitions on; the shape is core's, and so is its reader. */
export function taskSkeleton(
  { environment, name }: ServiceSubject,
  region: string,
  routing: Routing | undefined,
  network: { readonly subnets: string[]; readonly securityGroups: string[]; readonly loadBalancingRoleArn: string },
): TaskSkeleton {
  const roles = serviceRoleNames(environment, name, region)
  const { account } = environment.environment
  return {
    version: 1,
    family: names.taskFamily(environment.name, name),
    executionRoleArn: roleArn(account, roles.execution),
    taskRoleArn: roleArn(account, roles.task),
    containerName: names.container(name),
    ...(routing ? { containerPort } : {}),
    logGroup: names.logGroup(environment.name, name),
    region,
    user: '65532',
    readonlyRootFilesystem: true,
    stopTimeoutSeconds: 30,
    sideCars: [],
    network: { subnets: network.subnets, securityGroups: network.securityGroups },
    ...(routing
      ? {
          loadBalancing: {
            targetGroupArn: routing.blue.ref,
            alternateTargetGroupArn: routing.green.ref,
            productionListenerRule: routing.productionRule.ref,
            testListenerRule: routing.testRule.ref,
            roleArn: network.loadBalancingRoleArn,
          },
        }
      : {}),
  }
}

/**
 * The service resource and its first task definition. The template names the bare family, so that an update of the stack finds the
 * newest active revision, which is always the one that runs; desired count belongs to scaling, strategy to the release.
 */
export function addEcsService(
  scope: Construct,
  subject: ServiceSubject,
  parts: {
    readonly cluster: CfnCluster
    readonly skeleton: TaskSkeleton
    readonly firstImage: string
    readonly routing: Routing | undefined
    readonly assignPublicIp: 'ENABLED' | 'DISABLED'
  },
): CfnService {
  const { environment, name, service } = subject
  const { skeleton, routing } = parts
  const { account, regions } = environment.environment
  const rendered = renderTaskDefinitions(
    environment.name,
    name,
    service,
    skeleton,
    imageHost(account, regions[0] ?? ''),
  )
  const containers = rendered.service.containerDefinitions.map((container) =>
    container['name'] === skeleton.containerName
      ? withoutRelease({ ...container, image: parts.firstImage })
      : container,
  )
  const first = new CfnTaskDefinition(scope, `First-${name}`, {
    family: skeleton.family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: rendered.service.cpu,
    memory: rendered.service.memory,
    executionRoleArn: skeleton.executionRoleArn,
    taskRoleArn: skeleton.taskRoleArn,
    containerDefinitions: containers as unknown as CfnTaskDefinition.ContainerDefinitionProperty[],
  })
  const ecsService = new CfnService(scope, `Service-${name}`, {
    serviceName: names.service(environment.name, name),
    cluster: parts.cluster.ref,
    taskDefinition: skeleton.family,
    launchType: 'FARGATE',
    deploymentController: { type: 'ECS' },
    // Long enough to start; a task that is not healthy by then is replaced, and counts against the breaker.
    ...(routing ? { healthCheckGracePeriodSeconds: 60 } : {}),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: skeleton.network.subnets,
        securityGroups: skeleton.network.securityGroups,
        assignPublicIp: parts.assignPublicIp,
      },
    },
    ...(routing && skeleton.loadBalancing
      ? {
          loadBalancers: [
            {
              containerName: skeleton.containerName,
              containerPort,
              targetGroupArn: skeleton.loadBalancing.targetGroupArn,
              advancedConfiguration: {
                alternateTargetGroupArn: skeleton.loadBalancing.alternateTargetGroupArn,
                productionListenerRule: skeleton.loadBalancing.productionListenerRule,
                testListenerRule: skeleton.loadBalancing.testListenerRule,
                roleArn: skeleton.loadBalancing.roleArn,
              },
            },
          ],
        }
      : {}),
    propagateTags: 'SERVICE',
    enableEcsManagedTags: true,
  })
  ecsService.addResourceDependency(first)
  return ecsService
}

/** The first revision says nothing of a release: templates carry neither digest nor version. */
function withoutRelease(container: Record<string, unknown>): Record<string, unknown> {
  const environment = (container['environment'] as { name: string; value: string }[]).filter(
    (variable) => !variable.name.startsWith('SLUICE_RELEASE_'),
  )
  return { ...container, environment }
}
