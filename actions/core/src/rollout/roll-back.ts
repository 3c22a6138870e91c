import { ConfigurationError } from '../failure.ts'
import { parseImageReference } from '../image-reference.ts'
import type { DeploymentConfiguration } from './deployment-configuration.ts'
import type { EcsService, EcsServices, TaskDefinitionRegistry } from './ecs-service.ts'
import type { RolloutHandle } from './handle.ts'
import type { Holds } from './hold.ts'
import { pollMilliseconds } from './poll.ts'
import { revisionIdOf } from './service-deployment.ts'
import { isFinished } from './state.ts'
import { definitionTags } from './task-definition.ts'
import { readRollout, watchRollout, type RolloutView, type WatchPorts } from './watch.ts'

export interface RollBackPorts extends WatchPorts {
  readonly services: EcsServices
  readonly definitions: TaskDefinitionRegistry
  readonly holds: Holds
  /** The task definition of a service revision. */
  revisionTaskDefinition(revisionArn: string): Promise<string>
}

export interface RollBackResult {
  readonly outcome: 'rolled-back' | 'failed'
  readonly reason: string
  /** What runs now. */
  readonly taskDefinitionArn?: string
}

/**
 * Returns to the release before: by ECS's own roll back while the rollout is in progress, by an update to the revision it
 * replaced when it has landed. Then deregisters the revision and holds its digest. Safe to repeat after a kill at any point.
 */
export async function rollBack(ports: RollBackPorts, handle: RolloutHandle, reason: string): Promise<RollBackResult> {
  let view = await readRollout(ports.deployments, handle)
  if (!isFinished(view.state)) {
    // Also while it rolls back already: ECS goes on then, and a roll back that was only requested is not lost.
    await ports.deployments.stop(handle.serviceDeploymentArn)
    view = await watchRollout(ports, handle, 'finished', 5)
  }
  if (view.state.phase === 'superseded') {
    const message = `nothing to roll back: ${view.state.reason}`
    throw new ConfigurationError([{ message, hint: 'roll back the deployment that came after it' }])
  }
  if (view.state.phase === 'roll-back-failed' || view.state.phase === 'stopped')
    return { outcome: 'failed', reason: `${view.state.reason}; the service needs a person` }
  if (view.state.phase === 'landed') await returnToPrevious(ports, handle, view)

  const service = await readService(ports, handle)
  if (service.primary?.taskDefinitionArn === handle.taskDefinitionArn)
    return {
      outcome: 'failed',
      reason: `${handle.taskDefinitionArn} still runs after the roll back; the service needs a person`,
    }
  await hold(ports, handle, reason)
  await ports.definitions.deregister(handle.taskDefinitionArn)
  const now = service.primary?.taskDefinitionArn
  return {
    outcome: 'rolled-back',
    reason: `rolled back to ${now ?? 'the revision before'}: ${reason}`,
    ...(now == null ? {} : { taskDefinitionArn: now }),
  }
}

/** Without pauses and bakes: the way back is to what ran well, and waiting only costs requests. */
function directConfiguration({ strategy }: RolloutHandle): DeploymentConfiguration {
  return {
    strategy: strategy === 'ROLLING' ? 'ROLLING' : 'BLUE_GREEN',
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    ...(strategy === 'ROLLING' ? {} : { bakeTimeInMinutes: 0 }),
    deploymentCircuitBreaker: {
      enable: true,
      rollback: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
    },
    alarms: { alarmNames: [], enable: false, rollback: false },
    lifecycleHooks: [],
  }
}

async function returnToPrevious(
  ports: RollBackPorts,
  handle: RolloutHandle,
  { deployment }: RolloutView,
): Promise<void> {
  const source = deployment.sources[0]
  if (!source) throw new ConfigurationError('there is no release before this one to return to')
  const { tags } = await ports.definitions.read(handle.taskDefinitionArn)
  if (tags[definitionTags.migration] === 'contract') {
    const hint = 'promote a release that works with the new schema'
    throw new ConfigurationError([
      { message: 'the release ran a contract migration, and the one before it cannot run on that schema', hint },
    ])
  }
  const previous = await ports.revisionTaskDefinition(source.arn)
  let service = await readService(ports, handle)
  if (service.primary?.taskDefinitionArn === handle.taskDefinitionArn) {
    service = await ports.services.update(handle.cluster, handle.ecsService, {
      taskDefinitionArn: previous,
      deploymentConfiguration: directConfiguration(handle),
    })
  }
  if (service.primary?.taskDefinitionArn !== previous) {
    const hint = 'roll back the deployment that came after it'
    throw new ConfigurationError([
      { message: `the service moved on to ${service.primary?.taskDefinitionArn ?? 'nothing'} meanwhile`, hint },
    ])
  }
  const back = await deploymentOf(ports, handle, service.primary.id, deployment.createdAt)
  const { state } = await watchRollout(ports, { ...handle, serviceDeploymentArn: back }, 'finished', 5)
  if (state.phase !== 'landed') throw new Error(`the way back to ${previous} ended as ${state.phase}: ${state.reason}`)
}

async function readService({ services }: RollBackPorts, { cluster, ecsService }: RolloutHandle): Promise<EcsService> {
  const service = await services.read(cluster, ecsService)
  if (!service) throw new Error(`expected the ECS service ${ecsService} in cluster ${cluster}, found none`)
  return service
}

async function deploymentOf(
  ports: RollBackPorts,
  { cluster, ecsService }: RolloutHandle,
  deploymentId: string,
  since: Date,
): Promise<string> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const entries = await ports.deployments.list(cluster, ecsService, since)
    const entry = entries.find(({ revisionArn }) => revisionIdOf(revisionArn) === revisionIdOf(deploymentId))
    if (entry) return entry.arn
    await ports.clock.sleep(pollMilliseconds(2, ports.random()))
  }
  throw new Error(`ECS lists no service deployment for ${deploymentId}; run this again to go on`)
}

async function hold({ holds, clock }: RollBackPorts, handle: RolloutHandle, reason: string): Promise<void> {
  const { digest } = parseImageReference(handle.image)
  const there = await holds.read(handle.environment, handle.service)
  if (there?.serviceDeploymentArn === handle.serviceDeploymentArn) return
  await holds.write(handle.environment, handle.service, {
    digest,
    reason,
    at: clock.now().toISOString(),
    serviceDeploymentArn: handle.serviceDeploymentArn,
  })
}
