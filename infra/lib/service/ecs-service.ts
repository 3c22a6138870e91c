import { CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs'
import type { Construct } from 'constructs'
import { imageHost, names, roleArn } from '@sluice/core/names'
import { renderTaskDefinitions } from '@sluice/core/rollout/task-definition'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'
import { serviceRoleNames } from '../identity/service-roles.ts'
import { profileOf } from '../topology/profiles.ts'
import type { ServiceSubject } from './service-subject.ts'
import { connectConfiguration } from './connect.ts'
import type { Routing } from './routing.ts'
import type { Surroundings } from './surroundings.ts'

/** What a service listens on inside its task. */
const containerPort = 8080

/** What the actions build task definitions on; the shape is core's, and so is its reader. */
export function taskSkeleton(
  { environment, name }: ServiceSubject,
  region: string,
  parts: {
    /** None for worker and job. */
    readonly routing: Routing | undefined
    readonly network: TaskSkeleton['network']
    readonly loadBalancingRoleArn: string
    readonly isConnected: boolean
    readonly sideCars: TaskSkeleton['sideCars']
    readonly surroundings: Surroundings
  },
): TaskSkeleton {
  const { routing, network, loadBalancingRoleArn, isConnected, sideCars, surroundings } = parts
  const roles = serviceRoleNames(environment, name, region)
  const { account } = environment.environment
  return {
    version: 1,
    family: names.taskFamily(environment.name, name),
    executionRoleArn: roleArn(account, roles.execution),
    taskRoleArn: roleArn(account, roles.task),
    containerName: names.container(name),
    ...(routing ? { containerPort } : {}),
    ...(routing && isConnected ? { portName: name } : {}),
    logGroup: names.logGroup(environment.name, name),
    region,
    user: '65532',
    readonlyRootFilesystem: true,
    stopTimeoutSeconds: 30,
    ...surroundings,
    sideCars,
    network,
    ...(routing
      ? {
          loadBalancing: {
            targetGroupArn: routing.blue.arn,
            alternateTargetGroupArn: routing.green.arn,
            productionListenerRule: routing.productionRule,
            testListenerRule: routing.testRule,
            roleArn: loadBalancingRoleArn,
          },
        }
      : {}),
  }
}

/** The first revision of a family, which never changes: the actions register all later ones. */
export function addFirstRevision(
  scope: Construct,
  { environment, name, service }: ServiceSubject,
  skeleton: TaskSkeleton,
  firstImage: string,
): CfnTaskDefinition {
  const { account, regions } = environment.environment
  const rendered = renderTaskDefinitions(
    environment.name,
    name,
    service,
    skeleton,
    imageHost(account, regions[0] ?? ''),
  )
  const containers = rendered.service.containerDefinitions.map((container) =>
    container['name'] === skeleton.containerName ? withoutRelease({ ...container, image: firstImage }) : container,
  )
  return new CfnTaskDefinition(scope, `First-${name}`, {
    family: skeleton.family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: rendered.service.cpu,
    memory: rendered.service.memory,
    executionRoleArn: skeleton.executionRoleArn,
    taskRoleArn: skeleton.taskRoleArn,
    containerDefinitions: containers as unknown as CfnTaskDefinition.ContainerDefinitionProperty[],
  })
}

/**
 * The service resource. The template names the bare family, so that an update of the stack finds the newest active revision, which
 * is always the one that runs; desired count belongs to scaling, strategy to the release.
 */
export function addEcsService(
  scope: Construct,
  subject: ServiceSubject,
  parts: {
    readonly cluster: string
    readonly skeleton: TaskSkeleton
    readonly first: CfnTaskDefinition
    readonly assignPublicIp: 'ENABLED' | 'DISABLED'
    /** Of Service Connect; none where a service is alone. */
    readonly namespaceArn: string | undefined
  },
): CfnService {
  const { environment, name } = subject
  const { skeleton, namespaceArn } = parts
  const { loadBalancing } = skeleton
  const ecsService = new CfnService(scope, `Service-${name}`, {
    serviceName: names.service(environment.name, name),
    cluster: parts.cluster,
    taskDefinition: skeleton.family,
    capacityProviderStrategy: [
      { capacityProvider: profileOf(environment.environment).spot ? 'FARGATE_SPOT' : 'FARGATE', weight: 1 },
    ],
    deploymentController: { type: 'ECS' },
    // Long enough to start; a task that is not healthy by then is replaced, and counts against the breaker.
    ...(loadBalancing ? { healthCheckGracePeriodSeconds: 60 } : {}),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: skeleton.network.subnets,
        securityGroups: skeleton.network.securityGroups,
        assignPublicIp: parts.assignPublicIp,
      },
    },
    ...(loadBalancing
      ? {
          loadBalancers: [
            {
              containerName: skeleton.containerName,
              containerPort,
              targetGroupArn: loadBalancing.targetGroupArn,
              advancedConfiguration: {
                alternateTargetGroupArn: loadBalancing.alternateTargetGroupArn,
                productionListenerRule: loadBalancing.productionListenerRule,
                testListenerRule: loadBalancing.testListenerRule,
                roleArn: loadBalancing.roleArn,
              },
            },
          ],
        }
      : {}),
    ...(namespaceArn == null
      ? {}
      : { serviceConnectConfiguration: connectConfiguration(subject, namespaceArn, containerPort) }),
    propagateTags: 'SERVICE',
    enableEcsManagedTags: true,
  })
  ecsService.addResourceDependency(parts.first)
  return ecsService
}

/** The first revision says nothing of a release: templates carry neither digest nor version. */
function withoutRelease(container: Record<string, unknown>): Record<string, unknown> {
  const environment = (container['environment'] as { name: string; value: string }[]).filter(
    (variable) => !variable.name.startsWith('SLUICE_RELEASE_'),
  )
  return { ...container, environment }
}
