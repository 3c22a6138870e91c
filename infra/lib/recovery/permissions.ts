import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names, roleArn } from '@sluice/core/names'
import { allow, type Statement } from '../identity/policy.ts'
import { regionsOf } from '../topology/regions.ts'
import { shardHomes } from '../topology/shards.ts'
import { healthAlarms } from './region-switch.ts'

/** The ARNs of an environment's Region switch plans. ARC puts six characters of its own behind each name. */
export function planArns(state: EnvironmentState): string[] {
  const { account } = state.environment
  return regionsOf(state).replicas.map(
    (region) => `arn:aws:arc-region-switch::${account}:plan/${names.regionSwitchPlan(state.name, region)}:*`,
  )
}

/**
 * What ARC does the steps of a plan with, and no more: it moves writers, asks for tasks and reads (ARC guide: "Execution block
 * permissions", one sample policy a block). It cannot change what a service runs, a record or an alarm.
 */
export function executionStatements(state: EnvironmentState): Statement[] {
  const { name, environment, services } = state
  const { account, regions, edge } = environment
  const own = Object.keys(services).filter((service) => services[service]?.kind !== 'job')
  const ecs = (kind: string, path: string) =>
    regions.map((region) => `arn:aws:ecs:${region}:${account}:${kind}/${path}`)
  const cluster = clusterName(state)
  const databases = shardHomes(environment).flatMap((home) => [
    `arn:aws:rds::${account}:global-cluster:${names.globalDatabase(name, home.cluster)}`,
    ...regions.map((region) => `arn:aws:rds:${region}:${account}:cluster:${names.databaseCluster(name, home.cluster)}`),
  ])
  return [
    // ARC asks every day whether the role could do the plan's steps (plan evaluation).
    allow(['iam:SimulatePrincipalPolicy'], roleArn(account, names.role.regionSwitch(name))),
    allow(
      ['arc-region-switch:GetPlan', 'arc-region-switch:GetPlanExecution', 'arc-region-switch:ListPlanExecutions'],
      planArns(state),
    ),
    allow(['rds:FailoverGlobalCluster', 'rds:SwitchoverGlobalCluster'], databases),
    // Asked without a name, so on everything; it reads settings.
    allow(['rds:DescribeDBClusters', 'rds:DescribeGlobalClusters'], '*'),
    ...scaling(state, own, ecs, cluster),
    // A composite alarm is described with a permission on everything alone (CloudWatch: DescribeAlarms).
    allow(['cloudwatch:DescribeAlarms'], '*'),
    allow(
      ['cloudwatch:DescribeAlarmHistory'],
      healthAlarms(state, regions).map(({ arn }) => arn),
    ),
    ...(edge.domain != null && edge.hostedZoneId != null
      ? [allow(['route53:ListResourceRecordSets'], `arn:aws:route53:::hostedzone/${edge.hostedZoneId}`)]
      : []),
  ]
}

function scaling(
  state: EnvironmentState,
  services: readonly string[],
  ecs: (kind: string, path: string) => string[],
  cluster: string,
): Statement[] {
  if (services.length === 0) return []
  const serviceArns = services.flatMap((service) => ecs('service', `${cluster}/${ecsServiceName(state, service)}`))
  return [
    allow(['ecs:DescribeServices'], serviceArns),
    // The number of tasks, and never other tasks than the family's own.
    allow(['ecs:UpdateService'], serviceArns, {
      ArnLikeIfExists: {
        'ecs:task-definition': services.flatMap((service) =>
          ecs('task-definition', `${names.taskFamily(state.name, service)}:*`),
        ),
      },
    }),
    allow(['ecs:DescribeClusters'], ecs('cluster', cluster)),
    allow(
      [
        'application-autoscaling:DescribeScalableTargets',
        'application-autoscaling:RegisterScalableTarget',
        'cloudwatch:GetMetricStatistics',
        'ecs:ListServices',
      ],
      '*',
    ),
  ]
}
