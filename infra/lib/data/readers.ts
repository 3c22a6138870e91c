import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling'
import type { Construct } from 'constructs'
import type { Cluster } from './cluster.ts'

/** Adds and takes readers by their load. Only the primary region's: Aurora does not scale the readers of a secondary cluster. */
export function scaleReaders(
  scope: Construct,
  id: string,
  { cluster, instances }: Cluster,
  readers: { readonly minimum: number; readonly maximum: number },
): void {
  const target = new CfnScalableTarget(scope, `${id}Readers`, {
    serviceNamespace: 'rds',
    scalableDimension: 'rds:cluster:ReadReplicaCount',
    resourceId: `cluster:${cluster.ref}`,
    minCapacity: readers.minimum,
    maxCapacity: readers.maximum,
  })
  for (const instance of instances) target.addResourceDependency(instance)
  new CfnScalingPolicy(scope, `${id}ReadersByCpu`, {
    policyName: `${id.toLowerCase()}-readers-cpu`,
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.ref,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: 60,
      // Readers take minutes to come: they leave slowly, so that a wave of load does not meet their absence.
      scaleInCooldown: 900,
      scaleOutCooldown: 300,
      predefinedMetricSpecification: { predefinedMetricType: 'RDSReaderAverageCPUUtilization' },
    },
  })
}
