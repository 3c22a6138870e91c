import type { CfnPlan, CfnPlanProps } from 'aws-cdk-lib/aws-arcregionswitch'
import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names, roleArn } from '@sluice/core/names'
import { namesOf } from '../edge/entry.ts'
import { regionsOf } from '../topology/regions.ts'
import { objectives } from './rto.ts'
import { failoverWaves } from './waves.ts'
import { writeLinks } from './write-names.ts'

/** ARC waits for a step as long as this, then pauses the execution for people. A switchover first lets the others catch up. */
const timeoutMinutes = 30

/**
 * The plan that moves an environment between its primary region and one other: ARC's plans have exactly two regions (API reference:
 * CreatePlan). People start it; it has no triggers. Gracefully it switches over and loses nothing; ungracefully it fails over.
 */
export function regionSwitchPlan(state: EnvironmentState, replica: string): CfnPlanProps {
  const { name, environment } = state
  const { primary } = regionsOf(state)
  const regions = [primary, replica]
  return {
    name: names.regionSwitchPlan(name, replica),
    description: `${name} between ${primary} and ${replica}: all clusters at once, then the traffic`,
    executionRole: roleArn(environment.account, names.role.regionSwitch(name)),
    // Another region reads all the time and writes once it has taken over, and not before (docs/adr/0005-database-urls.md).
    recoveryApproach: 'activePassive',
    regions,
    primaryRegion: primary,
    recoveryTimeObjectiveMinutes: objectives.write / 60,
    associatedAlarms: Object.fromEntries(
      healthAlarms(state, regions).map(({ id, arn }) => [
        id,
        { alarmType: 'applicationHealth', resourceIdentifier: arn },
      ]),
    ),
    workflows: regions.map((region) => ({
      workflowTargetAction: 'activate',
      workflowTargetRegion: region,
      workflowDescription: `${region} writes and serves`,
      steps: [...failoverSteps(state, regions), ...trafficSteps(state, replica)],
    })),
  }
}

/** Alarms that must be quiet before ARC counts an application as recovered: errors of each service as its clients see them. */
export function healthAlarms(state: EnvironmentState, regions: readonly string[]) {
  const { account } = state.environment
  return regions.flatMap((region) =>
    Object.entries(state.services)
      .filter(([, { kind }]) => kind === 'web')
      .map(([service]) => ({
        id: `${service}-${region}`,
        arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${names.alarm(state.name, service, 'slo-fast')}`,
      })),
  )
}

/** A wave is one parallel step: its clusters fail over and its tasks scale at the same time, as `sluice rto` counts them. */
function failoverSteps(state: EnvironmentState, regions: readonly string[]): CfnPlan.StepProperty[] {
  return failoverWaves(state).map((clusters, index) => ({
    name: index === 0 ? 'take-over' : `take-over-${index + 1}`,
    description: 'every Global Database gets its writer here, while tasks scale to what the other region ran',
    executionBlockType: 'Parallel',
    executionBlockConfiguration: {
      parallelConfig: {
        steps: [
          ...clusters.map((cluster) => databaseStep(state, cluster, regions)),
          ...(index === 0 ? scalingSteps(state, regions) : []),
        ],
      },
    },
  }))
}

function databaseStep(
  { name, environment }: EnvironmentState,
  cluster: number,
  regions: readonly string[],
): CfnPlan.StepProperty {
  return {
    name: names.databaseStep(cluster),
    executionBlockType: 'AuroraGlobalDatabase',
    executionBlockConfiguration: {
      globalAuroraConfig: {
        timeoutMinutes,
        // Gracefully, nothing committed is lost; only an ungraceful execution may lose what had not arrived.
        behavior: 'switchoverOnly',
        ungraceful: { ungraceful: 'failover' },
        globalClusterIdentifier: names.globalDatabase(name, cluster),
        databaseClusterArns: regions.map(
          (region) => `arn:aws:rds:${region}:${environment.account}:cluster:${names.databaseCluster(name, cluster)}`,
        ),
      },
    },
  }
}

/** Services run everywhere at their minimum already; this asks for as many tasks as the other region had at its busiest. */
function scalingSteps(state: EnvironmentState, regions: readonly string[]) {
  const { environment, services } = state
  return Object.entries(services)
    .filter(([, { kind }]) => kind !== 'job')
    .map(([service]): CfnPlan.StepProperty => ({
      name: `scale-${service}`,
      executionBlockType: 'ECSServiceScaling',
      executionBlockConfiguration: {
        ecsCapacityIncreaseConfig: {
          timeoutMinutes,
          targetPercent: 100,
          capacityMonitoringApproach: 'sampledMaxInLast24Hours',
          // In an emergency half of the tasks is enough to go on: scaling adds the rest by itself.
          ungraceful: { minimumSuccessPercentage: 50 },
          services: regions.map((region) => {
            const arn = (kind: string, path: string) => `arn:aws:ecs:${region}:${environment.account}:${kind}/${path}`
            const cluster = clusterName(state)
            return {
              clusterArn: arn('cluster', cluster),
              serviceArn: arn('service', `${cluster}/${ecsServiceName(state, service)}`),
            }
          }),
        },
      },
    }))
}

/** Turns the health checks that ARC makes for the plan. The records of the name for writes name them, and nothing else moves writes. */
function trafficSteps(state: EnvironmentState, replica: string): CfnPlan.StepProperty[] {
  const found = namesOf(state)
  const link = writeLinks(state).find((one) => one.replica === replica)
  if (!found || !link) return []
  return [
    {
      name: 'traffic',
      executionBlockType: 'Route53HealthCheck',
      executionBlockConfiguration: {
        route53HealthCheckConfig: {
          timeoutMinutes,
          hostedZoneId: found.hostedZoneId,
          recordName: link.name,
          recordSets: [link.primary, replica].map((region) => ({ recordSetIdentifier: region, region })),
        },
      },
    },
  ]
}
