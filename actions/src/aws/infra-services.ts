import { adoptionOf } from '@sluice/core/environment/adopt'
import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { EnvironmentState } from '@sluice/core/environment/read'
import type { ServiceFacts } from '@sluice/core/stacks/preflight'
import { names } from '@sluice/core/names'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { finalStatuses, revisionIdOf } from '@sluice/core/rollout/service-deployment'
import type { AwsClients } from './clients.ts'
import { ecsServices } from './ecs-services.ts'
import { holds, readTaskSkeleton } from './parameters.ts'
import { readListenerRule } from './routing.ts'
import { serviceDeployments } from './service-deployments.ts'
import { taskDefinitions } from './task-definitions.ts'

const dayMilliseconds = 86_400_000

/** Reads what a stack update is checked against, of every service of an environment in one region. Changes nothing. */
export async function readServiceFacts(
  { ecs, ssm, region }: AwsClients,
  state: EnvironmentState,
  now: Date,
): Promise<ServiceFacts[]> {
  const { name: environment, services } = state
  const cluster = clusterName(state)
  const facts: ServiceFacts[] = []
  for (const service of Object.keys(services)) {
    const ecsName = ecsServiceName(state, service)
    const isAdopted = adoptionOf(state, region)?.services[service] != null
    const current = await ecsServices(ecs).read(cluster, ecsName)
    facts.push({
      environment,
      service,
      region,
      current,
      deployments: current
        ? await serviceDeployments(ecs).list(cluster, ecsName, new Date(now.getTime() - 30 * dayMilliseconds))
        : [],
      hold: await holds(ssm).read(environment, service),
      // No stack has an adopted service, so no update of a stack brings its family's newest revision to run.
      newest: isAdopted
        ? current?.primary?.taskDefinitionArn
        : current
          ? (await taskDefinitions(ecs).newest(names.taskFamily(environment, service)))?.arn
          : undefined,
    })
  }
  return facts
}

/** Handles of the rollouts that began since `since` and have not ended: what a stack update caused, to be followed like any other. */
export async function rolloutsSince(
  { ecs, elb, ssm, region }: AwsClients,
  state: EnvironmentState,
  since: Date,
): Promise<RolloutHandle[]> {
  const { name: environment, services } = state
  const cluster = clusterName(state)
  const handles: RolloutHandle[] = []
  for (const [service, { release, rollout }] of Object.entries(services)) {
    const ecsService = ecsServiceName(state, service)
    const current = await ecsServices(ecs).read(cluster, ecsService)
    if (!current?.primary) continue
    const [newest] = await serviceDeployments(ecs).list(cluster, ecsService, since)
    if (!newest || finalStatuses.includes(newest.status)) continue
    const { loadBalancing: rules } = await readTaskSkeleton(ssm, environment, service)
    handles.push({
      environment,
      service,
      region,
      cluster,
      ecsService,
      serviceDeploymentArn: newest.arn,
      revisionId: revisionIdOf(newest.revisionArn),
      taskDefinitionArn: current.primary.taskDefinitionArn,
      strategy: rollout.strategy,
      image: `${release.image.repository}@${release.image.digest}`,
      startedAt: newest.createdAt.toISOString(),
      ...(rules && {
        productionUrl: (await readListenerRule(elb, rules.productionListenerRule)).url,
        testUrl: (await readListenerRule(elb, rules.testListenerRule)).url,
      }),
    })
  }
  return handles
}
