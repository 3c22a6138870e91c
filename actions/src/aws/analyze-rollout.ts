import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Clock } from '@sluice/core/clock'
import { analyzeRollout, type AnalyzedRollout, type AnalyzeRequest } from '@sluice/core/analysis/analyze'
import { metricPeriodSeconds } from '@sluice/core/analysis/measurement'
import type { Slo } from '@sluice/core/environment/gates'
import type { AwsClients } from './clients.ts'
import { readServiceRevision, targetGroupOf } from './ecs-services.ts'
import { dimensionOf } from './routing.ts'
import { readRunningDigests } from './running-digests.ts'
import { serviceDeployments } from './service-deployments.ts'
import { readMeasurements, type MeasuredService } from './target-group-metrics.ts'

/** Intervals before the rollout that are read too: the history that overdispersion and incidents are told from. */
const historyIntervals = 30

/** `analyzeRollout` of the core on AWS: ECS is read and answered, CloudWatch is counted. */
export async function analyzeRolloutOnAws(
  clients: AwsClients,
  clock: Clock,
  request: AnalyzeRequest,
  slo: Slo,
  report: (line: string) => void,
): Promise<AnalyzedRollout> {
  const { handle, analysis } = request
  const deployments = serviceDeployments(clients.ecs)
  const { target, sources } = await deployments.read(handle.serviceDeploymentArn)
  const measured = await findMeasuredService(clients, target.arn, sources[0]?.arn)
  const from = new Date(new Date(handle.startedAt).getTime() - historyIntervals * analysis.interval * 1000)
  const settings = {
    slowMilliseconds: slo.latency.under,
    periodSeconds: metricPeriodSeconds(analysis.interval),
  }
  return analyzeRollout(
    {
      deployments,
      clock,
      report,
      random: () => Math.random(),
      measure: async () =>
        measured == null ? [] : readMeasurements(clients.cloudwatch, { ...measured, ...settings }, from, clock.now()),
      runningDigests: () => readRunningDigests(clients.ecs, handle, target.arn),
    },
    request,
  )
}

/** Where the two revisions are measured; `undefined` without a load balancer. */
async function findMeasuredService(
  { ecs, elb }: AwsClients,
  targetRevisionArn: string,
  sourceRevisionArn: string | undefined,
): Promise<Pick<MeasuredService, 'loadBalancer' | 'canary' | 'baseline'> | undefined> {
  const target = await readServiceRevision(ecs, targetRevisionArn)
  const canary = targetGroupOf(target)
  if (canary == null) return undefined
  const source = sourceRevisionArn == null ? undefined : await readServiceRevision(ecs, sourceRevisionArn)
  const baseline = source && targetGroupOf(source)
  const rule = target.resolvedConfiguration?.loadBalancers?.[0]?.productionListenerRule
  // …:listener-rule/app/<name>/<load balancer>/<listener>/<rule>
  const fromRule = rule == null ? undefined : /:listener-rule\/((?:app|net)\/[^/]+\/[^/]+)\//.exec(rule)?.[1]
  const loadBalancer = fromRule ?? (await loadBalancerOf(elb, canary))
  return {
    loadBalancer,
    canary: dimensionOf(canary),
    // A rolling rollout keeps one target group: there is nothing beside it to compare with.
    ...(baseline == null || baseline === canary ? {} : { baseline: dimensionOf(baseline) }),
  }
}

async function loadBalancerOf(elb: AwsClients['elb'], targetGroupArn: string): Promise<string> {
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }))
  const arn = TargetGroups?.[0]?.LoadBalancerArns?.[0]
  if (arn == null) throw new Error(`expected ${targetGroupArn} behind a load balancer, found none`)
  return dimensionOf(arn)
}
