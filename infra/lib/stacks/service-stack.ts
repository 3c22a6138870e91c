import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnCluster } from 'aws-cdk-lib/aws-ecs'
import { CfnParameter as CfnSsmParameter } from 'aws-cdk-lib/aws-ssm'
import type { Construct } from 'constructs'
import { adoptionOf } from '@sluice/core/environment/adopt'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { namesOf } from '../edge/entry.ts'
import { entranceExports } from '../edge/exports.ts'
import { taskNetwork } from '../network/tasks.ts'
import { collector, hasCollector } from '../observability/collector.ts'
import { serviceExports } from '../observability/dimensions.ts'
import { targetGroupAlarms } from '../service/alarms.ts'
import { addNamespace } from '../service/connect.ts'
import { addEcsService, addFirstRevision, taskSkeleton } from '../service/ecs-service.ts'
import { addEntrance } from '../service/load-balancer.ts'
import { addTopic } from '../service/notifications.ts'
import { addRoles } from '../service/roles.ts'
import { addRouting, type Routing } from '../service/routing.ts'
import { addScaling } from '../service/scaling.ts'
import { surroundings } from '../service/surroundings.ts'
import type { ServiceSubject } from '../service/service-subject.ts'
import { profileOf } from '../topology/profiles.ts'

/**
 * Everything of an environment's services that has a template: cluster, load balancer, target groups, roles, scaling, alarms,
 * task skeletons. The release owns the rest: later task definition revisions, strategy and weights (design: who owns what). A
 * worker has no load balancer; a job has no service either: it runs when it is asked to. What the environment adopts is named by its id
 * and not made; an adopted service comes to our family, groups and rules with its first release.
 */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState, environment: EnvironmentState) {
    super(scope, id, props)
    const imageParameter = (parameterId: string, description: string) =>
      new CfnParameter(this, parameterId, {
        type: 'String',
        description: `host/repository@sha256:… ${description}`,
      }).valueAsString
    const firstImage = imageParameter('FirstImage', 'that the first revision of every service runs')
    const collectorImage = hasCollector(environment)
      ? imageParameter('CollectorImage', 'of the AWS Distro for OpenTelemetry')
      : undefined
    const namespace = addNamespace(this, environment)
    const adopted = adoptionOf(environment, this.region)
    const cluster = adopted?.cluster ?? this.#addCluster(environment).ref
    const topic = addTopic(this, environment.name)
    const { loadBalancingRoleArn } = addRoles(this, state, environment)
    const entrance = addEntrance(this, environment)
    const { fullName, dnsName, hostedZoneId, production, test, firstPriority } = entrance
    const { subnets, securityGroups, assignPublicIp } = taskNetwork(environment, this.region)

    for (const [index, [name, service]] of Object.entries(environment.services).entries()) {
      const subject: ServiceSubject = { environment, name, service }
      const routing: Routing | undefined =
        service.kind === 'web'
          ? addRouting(this, subject, { production, test, priority: firstPriority + index })
          : undefined
      const skeleton = taskSkeleton(subject, this.region, {
        routing,
        network: { subnets, securityGroups },
        loadBalancingRoleArn,
        isConnected: namespace != null,
        surroundings: surroundings(this, environment, name, service),
        sideCars: collectorImage == null ? [] : [collector(environment, name, this.region, collectorImage)],
      })
      new CfnSsmParameter(this, `Skeleton-${name}`, {
        name: names.taskSkeletonParameter(environment.name, name),
        type: 'String',
        value: this.toJsonString(skeleton),
      })
      const first = addFirstRevision(this, subject, skeleton, firstImage)
      if (service.kind === 'job') continue
      const ecsService = adopted?.services[name]
        ? undefined
        : addEcsService(this, subject, { cluster, skeleton, first, assignPublicIp, namespaceArn: namespace?.attrArn })
      addScaling(this, subject, ecsService)
      if (!routing) continue
      targetGroupAlarms(this, subject, routing, fullName, topic.ref)
      for (const side of ['blue', 'green'] as const) {
        new CfnOutput(this, `${name}${side}Name`, {
          value: routing[side].fullName,
          exportName: serviceExports(environment.name).targetGroup(name, side),
        })
      }
    }
    new CfnOutput(this, 'ProductionHost', { value: dnsName })
    if (namesOf(environment)) {
      const exported = entranceExports(environment.name)
      new CfnOutput(this, 'LoadBalancerHost', { value: dnsName, exportName: exported.host })
      new CfnOutput(this, 'LoadBalancerZone', { value: hostedZoneId, exportName: exported.hostedZone })
      new CfnOutput(this, 'LoadBalancerArn', { value: entrance.arn, exportName: exported.arn })
    }
    new CfnOutput(this, 'LoadBalancerName', {
      value: fullName,
      exportName: serviceExports(environment.name).loadBalancer,
    })
  }

  #addCluster({ name, environment }: EnvironmentState): CfnCluster {
    const { containerInsights } = profileOf(environment)
    return new CfnCluster(this, 'Cluster', {
      clusterName: names.cluster(name),
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      clusterSettings: [{ name: 'containerInsights', value: containerInsights ? 'enabled' : 'disabled' }],
    })
  }
}
