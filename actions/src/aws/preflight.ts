import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DescribeAlarmsCommand, GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { BatchGetImageCommand, type ECRClient } from '@aws-sdk/client-ecr'
import { metricPeriodSeconds } from '@sluice/core/analysis/measurement'
import type { ImageReference } from '@sluice/core/image-reference'
import { names } from '@sluice/core/names'
import { firstComparedPercent } from '@sluice/core/rollout/deployment-configuration'
import type { EcsService } from '@sluice/core/rollout/ecs-service'
import type { PreflightFacts, PreflightSubject } from '@sluice/core/rollout/preflight'
import { revisionIdOf } from '@sluice/core/rollout/service-deployment'
import type { AwsClients } from './clients.ts'
import { readServiceRevision, targetGroupOf } from './ecs-services.ts'
import { holds } from './parameters.ts'
import { dimensionOf, readListenerRule, readRouting } from './routing.ts'
import { serviceDeployments } from './service-deployments.ts'
import { readStack } from './stacks.ts'

/** Deployments older than this have ended: ECS ends every one within 30 days. */
const deploymentsMilliseconds = 30 * 86_400_000

/** Reads everything that a start is checked against. Changes nothing. */
export async function readPreflightFacts(
  clients: AwsClients,
  subject: PreflightSubject,
  place: { readonly cluster: string; readonly ecsService: string; readonly artifactAccount: string },
  current: EcsService,
  now: Date,
): Promise<PreflightFacts> {
  const { environment, name, service, skeleton } = subject
  const since = new Date(now.getTime() - deploymentsMilliseconds)
  const deployments = await serviceDeployments(clients.ecs).list(place.cluster, place.ecsService, since)
  const running = deployments.find(
    ({ revisionArn, status }) =>
      status === 'SUCCESSFUL' &&
      current.primary != null &&
      revisionIdOf(revisionArn) === revisionIdOf(current.primary.id),
  )
  const serving = running && targetGroupOf(await readServiceRevision(clients.ecs, running.revisionArn))
  const isCompared = firstComparedPercent(service.rollout) != null
  const rule = skeleton.loadBalancing?.productionListenerRule
  return {
    deployments,
    stack: await readStackState(clients.cloudformation, names.stack(environment, 'service')),
    hold: await holds(clients.ssm).read(environment, name),
    isImageThere: await isImageThere(clients.ecr, place.artifactAccount, service.release.image),
    alarms: await readAlarmStates(clients.cloudwatch, service.rollout.alarms),
    routing: service.rollout.strategy === 'ROLLING' ? undefined : await readRouting(clients.elb, skeleton, serving),
    requestsPerSecond:
      isCompared && rule != null ? await readRequestRate(clients, rule, service.analysis.interval, now) : 0,
  }
}

async function readStackState(
  client: CloudFormationClient,
  name: string,
): Promise<{ readonly name: string; readonly status: string } | undefined> {
  const state = await readStack(client, name)
  return state && { name, status: state.status }
}

/** Whether the region that will pull the image has it: replication follows a push by minutes (ECR gives no time for it). */
async function isImageThere(
  ecr: ECRClient,
  registryId: string,
  { repository, digest }: ImageReference,
): Promise<boolean> {
  try {
    const { images } = await ecr.send(
      new BatchGetImageCommand({ registryId, repositoryName: repository, imageIds: [{ imageDigest: digest }] }),
    )
    return (images ?? []).length > 0
  } catch (error) {
    if (error instanceof Error && error.name === 'RepositoryNotFoundException') return false
    throw error
  }
}

async function readAlarmStates(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
): Promise<Record<string, string | undefined>> {
  if (names.length === 0) return {}
  const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  )
  const found = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])]
  return Object.fromEntries(found.map(({ AlarmName = '', StateValue }) => [AlarmName, StateValue]))
}

/** Production requests a second, since the first one of the last hour (ten minutes where analysis is quick). */
async function readRequestRate(
  { elb, cloudwatch }: AwsClients,
  ruleArn: string,
  intervalSeconds: number,
  now: Date,
): Promise<number> {
  const { targets, loadBalancer } = await readListenerRule(elb, ruleArn)
  const serving = targets.find(({ weight }) => weight > 0)
  if (!serving) return 0
  const period = metricPeriodSeconds(intervalSeconds)
  const end = new Date(Math.floor(now.getTime() / 1000 / period) * period * 1000)
  const start = new Date(end.getTime() - Math.max(600, 60 * intervalSeconds) * 1000)
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: start,
      EndTime: end,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          Id: 'requests',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'TargetGroup', Value: dimensionOf(serving.targetGroupArn) },
                { Name: 'LoadBalancer', Value: loadBalancer },
              ],
            },
            Period: period,
            Stat: 'Sum',
          },
        },
      ],
    }),
  )
  const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {}
  const first = Timestamps[0]
  if (!first) return 0
  const total = Values.reduce((sum, value) => sum + value, 0)
  return total / Math.max(period, (end.getTime() - first.getTime()) / 1000)
}
