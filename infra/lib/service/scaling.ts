import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling'
import type { CfnService } from 'aws-cdk-lib/aws-ecs'
import type { Construct } from 'constructs'
import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import { names } from '@sluice/core/names'
import type { ServiceSubject } from './service-subject.ts'

/** How many tasks a service has: between its bounds, by CPU and by memory where that is asked for. */
export function addScaling(
  scope: Construct,
  { environment, name, service }: ServiceSubject,
  /** None where the service is adopted: it is there already. */
  ecsService: CfnService | undefined,
): void {
  const target = new CfnScalableTarget(scope, `Scaling-${name}`, {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${clusterName(environment)}/${ecsServiceName(environment, name)}`,
    minCapacity: service.scaling.min,
    maxCapacity: service.scaling.max,
  })
  if (ecsService) target.addResourceDependency(ecsService)
  // Requests per target are no metric to scale on with blue/green: ECS does not support it (research: infrastructure).
  for (const [metric, wanted] of [
    ['CPU', service.scaling.cpu],
    ['Memory', service.scaling.memory],
  ] as const) {
    if (wanted == null) continue
    new CfnScalingPolicy(scope, `Scaling-${name}-${metric}`, {
      policyName: `${names.service(environment.name, name)}-${metric.toLowerCase()}`,
      policyType: 'TargetTrackingScaling',
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: wanted,
        predefinedMetricSpecification: { predefinedMetricType: `ECSServiceAverage${metric}Utilization` },
      },
    })
  }
}
