import { CfnOutput, CfnParameter, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling'
import { CfnCluster } from 'aws-cdk-lib/aws-ecs'
import { CfnListener, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { CfnTopic } from 'aws-cdk-lib/aws-sns'
import { CfnParameter as CfnSsmParameter } from 'aws-cdk-lib/aws-ssm'
import type { Construct } from 'constructs'
import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import type { Service } from '@sluice/core/environment/service'
import { names } from '@sluice/core/names'
import { targetGroupAlarms } from '../service/alarms.ts'
import { addRoles } from '../service/roles.ts'
import { addRouting, type Routing } from '../service/routing.ts'
import { addEcsService, taskSkeleton } from '../service/ecs-service.ts'
import { networkExports } from '../network/exports.ts'
import { loadBalancerSubnets, taskNetwork } from '../network/tasks.ts'

/** A service of an environment, as the constructs of its stack are told about it. */
export interface ServiceSubject {
  readonly environment: EnvironmentState
  readonly name: string
  readonly service: Service
}

/**
 * Everything of an environment's services that has a template: cluster, load balancer, target groups, roles, scaling, alarms,
 * task skeletons. The release owns the rest: later task definition revisions, strategy and weights (design: who owns what).
 */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: DesiredState, environment: EnvironmentState) {
    super(scope, id, props)
    const firstImage = new CfnParameter(this, 'FirstImage', {
      type: 'String',
      description: 'host/repository@sha256:… that the first revision of every service runs',
    })
    const network = networkExports(environment.name)
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: names.cluster(environment.name),
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    })
    const topic = new CfnTopic(this, 'Topic', {
      topicName: names.topic(environment.name),
      kmsMasterKeyId: 'alias/aws/sns',
    })
    const { loadBalancingRoleArn } = addRoles(this, state, environment)
    const certificateArn = environment.environment.edge.certificateArn
    const loadBalancer = new CfnLoadBalancer(this, 'LoadBalancer', {
      name: names.loadBalancer(environment.name),
      type: 'application',
      scheme: 'internet-facing',
      subnets: loadBalancerSubnets(environment),
      securityGroups: [Fn.importValue(network.loadBalancerGroup)],
      loadBalancerAttributes: [
        { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
        { key: 'deletion_protection.enabled', value: String(environment.name === 'prod') },
      ],
    })
    const listener = (listenerId: string, secure: number, plain: number) =>
      new CfnListener(this, listenerId, {
        loadBalancerArn: loadBalancer.ref,
        port: certificateArn == null ? plain : secure,
        protocol: certificateArn == null ? 'HTTP' : 'HTTPS',
        ...(certificateArn == null
          ? {}
          : { certificates: [{ certificateArn }], sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
        defaultActions: [
          {
            type: 'fixed-response',
            fixedResponseConfig: { statusCode: '404', contentType: 'text/plain', messageBody: 'no such service' },
          },
        ],
      })
    const production = listener('Production', 443, 80)
    const test = listener('Test', 8443, 8080)

    for (const [index, [name, service]] of Object.entries(environment.services).entries()) {
      const subject: ServiceSubject = { environment, name, service }
      const routing: Routing | undefined =
        service.kind === 'web' ? addRouting(this, subject, { production, test, priority: index + 1 }) : undefined
      const { subnets, securityGroups, assignPublicIp } = taskNetwork(environment)
      const skeleton = taskSkeleton(subject, this.region, routing, {
        subnets,
        securityGroups,
        loadBalancingRoleArn,
      })
      new CfnSsmParameter(this, `Skeleton-${name}`, {
        name: names.taskSkeletonParameter(environment.name, name),
        type: 'String',
        value: this.toJsonString(skeleton),
      })
      const ecsService = addEcsService(this, subject, {
        cluster,
        skeleton,
        firstImage: firstImage.valueAsString,
        routing,
        assignPublicIp,
      })
      const target = new CfnScalableTarget(this, `Scaling-${name}`, {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: `service/${names.cluster(environment.name)}/${names.service(environment.name, name)}`,
        minCapacity: service.scaling.min,
        maxCapacity: service.scaling.max,
      })
      target.addResourceDependency(ecsService)
      // Requests per target are no metric to scale on with blue/green: ECS does not support it (research: infrastructure).
      for (const [metric, wanted] of [
        ['CPU', service.scaling.cpu],
        ['Memory', service.scaling.memory],
      ] as const) {
        if (wanted == null) continue
        new CfnScalingPolicy(this, `Scaling-${name}-${metric}`, {
          policyName: `${names.service(environment.name, name)}-${metric.toLowerCase()}`,
          policyType: 'TargetTrackingScaling',
          scalingTargetId: target.ref,
          targetTrackingScalingPolicyConfiguration: {
            targetValue: wanted,
            predefinedMetricSpecification: { predefinedMetricType: `ECSServiceAverage${metric}Utilization` },
          },
        })
      }
      if (routing) targetGroupAlarms(this, subject, routing, loadBalancer, topic.ref)
    }
    new CfnOutput(this, 'ProductionHost', { value: loadBalancer.attrDnsName })
  }
}
