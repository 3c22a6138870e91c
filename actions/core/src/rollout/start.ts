import type { Clock } from '../clock.ts'
import { ConfigurationError, type Problem } from '../failure.ts'
import type { Service } from '../environment/service.ts'
import type { TaskSkeleton } from '../task-skeleton.ts'
import { deploymentConfiguration, loadBalancersToSend } from './deployment-configuration.ts'
import type { EcsService, EcsServices, OneOffTasks, TaskDefinitionRegistry } from './ecs-service.ts'
import type { RolloutHandle } from './handle.ts'
import { migrate } from './migrate.ts'
import { finalStatuses, revisionIdOf, type DeploymentEntry, type ServiceDeployments } from './service-deployment.ts'
import { definitionTags, renderTaskDefinitions, type TaskDefinitionInput } from './task-definition.ts'

export interface StartPorts {
  readonly services: EcsServices
  readonly definitions: TaskDefinitionRegistry
  readonly deployments: ServiceDeployments
  readonly tasks: OneOffTasks
  readonly clock: Clock
  /** Everything that stands against starting. Read only. */
  preflight(service: EcsService): Promise<readonly Problem[]>
  lastLogLines(taskArn: string): Promise<readonly string[]>
  report(line: string): void
}

export interface StartRequest {
  readonly environment: string
  readonly serviceName: string
  readonly service: Service
  readonly skeleton: TaskSkeleton
  readonly imageHost: string
  readonly region: string
  readonly cluster: string
  readonly ecsService: string
  /** Names this run, so that a repeated call does not run the migrations twice. */
  readonly token: string
  readonly pollMilliseconds: number
}

export interface StartedRollout {
  readonly handle: Omit<RolloutHandle, 'productionUrl' | 'testUrl'>
  /** `unchanged`: this release runs already. `resumed`: a rollout of it is in progress. */
  readonly how: 'started' | 'resumed' | 'unchanged'
}

/** How long ECS may take to list a deployment that it has accepted; its lists were seen stale for seconds. */
const findWithinMilliseconds = 120_000
/** ECS keeps service deployments for 90 days. */
const historyMilliseconds = 90 * 86_400_000

/**
 * Starts the rollout of a release, or finds the one that is there. Safe to repeat after a kill at any point: an equal task
 * definition is used again, a rollout in progress is resumed, and what runs already is left alone.
 */
export async function startRollout(ports: StartPorts, request: StartRequest): Promise<StartedRollout> {
  const { cluster, ecsService, service, skeleton } = request
  const current = await ports.services.read(cluster, ecsService)
  if (!current || current.status !== 'ACTIVE') {
    const found = current ? `it is ${current.status}` : 'there is none'
    throw new ConfigurationError([
      { message: `expected the ECS service ${ecsService} in cluster ${cluster}; ${found}`, hint: 'deploy infra first' },
    ])
  }
  const wanted = renderTaskDefinitions(request.environment, request.serviceName, service, skeleton, request.imageHost)
  const there = await findRunning(ports, request, current, wanted.service)
  if (there) return there

  const problems = await ports.preflight(current)
  if (problems.length > 0) throw new ConfigurationError(problems)

  if (wanted.migrate) {
    const taskDefinitionArn = await registered(ports, wanted.migrate)
    const network = current.network ?? { ...skeleton.network, assignPublicIp: 'DISABLED' }
    const task = await migrate(
      ports.tasks,
      ports.clock,
      { ...request, taskDefinitionArn, network, timeout: service.migrate?.timeout },
      (arn) => ports.lastLogLines(arn),
    )
    ports.report(`migrations: exit code 0 (${task.arn})`)
  }
  const taskDefinitionArn = await registered(ports, wanted.service)
  const before = ports.clock.now()
  const updated = await ports.services.update(cluster, ecsService, {
    taskDefinitionArn,
    deploymentConfiguration: deploymentConfiguration(service.rollout),
    loadBalancers: loadBalancersToSend(service.rollout, skeleton, current.loadBalancers),
  })
  if (updated.primary?.taskDefinitionArn !== taskDefinitionArn)
    throw new Error(`ECS accepted ${taskDefinitionArn} for ${ecsService} and names no deployment of it`)
  const entry = await findDeployment(ports, request, revisionIdOf(updated.primary.id), before)
  ports.report(`service deployment ${entry.arn}`)
  return { how: 'started', handle: handleOf(request, entry, taskDefinitionArn) }
}

/** The rollout of this very definition that has landed or is in progress. */
async function findRunning(
  ports: StartPorts,
  request: StartRequest,
  current: EcsService,
  wanted: TaskDefinitionInput,
): Promise<StartedRollout | undefined> {
  if (!current.primary) return undefined
  const running = await ports.definitions.read(current.primary.taskDefinitionArn)
  if (running.tags[definitionTags.hash] !== hashOf(wanted)) return undefined
  const since = new Date(ports.clock.now().getTime() - historyMilliseconds)
  const revisionId = revisionIdOf(current.primary.id)
  const entries = await ports.deployments.list(request.cluster, request.ecsService, since)
  const entry = entries.find(({ revisionArn }) => revisionIdOf(revisionArn) === revisionId)
  if (!entry) return undefined
  const handle = handleOf(request, entry, running.arn)
  if (entry.status === 'SUCCESSFUL') return { how: 'unchanged', handle }
  return finalStatuses.includes(entry.status) ? undefined : { how: 'resumed', handle }
}

/** The newest revision of the family when it is equal, else a new one. RegisterTaskDefinition allows one a second. */
async function registered(ports: StartPorts, input: TaskDefinitionInput): Promise<string> {
  const newest = await ports.definitions.newest(input.family)
  if (newest && newest.tags[definitionTags.hash] === hashOf(input)) {
    ports.report(`task definition ${newest.arn} is used again`)
    return newest.arn
  }
  const arn = await ports.definitions.register(input)
  ports.report(`task definition ${arn} registered`)
  return arn
}

/** Pins the deployment by its revision: lists can be stale, and another one may come between. */
async function findDeployment(
  { deployments, clock }: StartPorts,
  { cluster, ecsService, pollMilliseconds }: StartRequest,
  revisionId: string,
  startedAt: Date,
): Promise<DeploymentEntry> {
  // A minute of slack for clocks that differ; the revision id is what decides.
  const since = new Date(startedAt.getTime() - 60_000)
  const deadline = clock.now().getTime() + findWithinMilliseconds
  for (;;) {
    const entries = await deployments.list(cluster, ecsService, since)
    const entry = entries.find(({ revisionArn }) => revisionIdOf(revisionArn) === revisionId)
    if (entry) return entry
    if (clock.now().getTime() > deadline)
      throw new Error(
        `ECS accepted the update of ${ecsService} and lists no service deployment of revision ${revisionId} after 2 minutes; run this again to resume it`,
      )
    await clock.sleep(Math.min(pollMilliseconds, 1000))
  }
}

function hashOf({ tags }: TaskDefinitionInput): string | undefined {
  return tags.find(({ key }) => key === definitionTags.hash)?.value
}

function handleOf(request: StartRequest, entry: DeploymentEntry, taskDefinitionArn: string): StartedRollout['handle'] {
  const { image } = request.service.release
  return {
    environment: request.environment,
    service: request.serviceName,
    region: request.region,
    cluster: request.cluster,
    ecsService: request.ecsService,
    serviceDeploymentArn: entry.arn,
    revisionId: revisionIdOf(entry.revisionArn),
    taskDefinitionArn,
    strategy: request.service.rollout.strategy,
    image: `${image.repository}@${image.digest}`,
    startedAt: entry.createdAt.toISOString(),
  }
}
