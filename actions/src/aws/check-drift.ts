import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { Clock } from '@sluice/core/clock'
import { clusterName, ecsServiceName } from '@sluice/core/environment/ecs-names'
import type { Project } from '@sluice/core/environment/project'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { finalStatuses } from '@sluice/core/rollout/service-deployment'
import type { ServiceDrift, StackDrift } from '@sluice/core/stacks/drift'
import { shared, watchedShared } from '@sluice/core/stacks/shared'
import type { GoldenStack } from '@sluice/core/stacks/stack'
import { awsClients, clientConfiguration } from './clients.ts'
import { detectDrift } from './drift.ts'
import { listServiceTasks } from './ecs-services.ts'
import { readGolden } from './golden.ts'
import { serviceDeployments } from './service-deployments.ts'

const monthMilliseconds = 30 * 86_400_000

/** Where an environment is compared from: the checkout, and who reads. */
export interface DriftRequest {
  readonly root: string
  readonly role: string | undefined
}

/** What an environment differs from git in: its stacks from their templates, its tasks from the releases. Changes nothing. */
export async function checkDrift(
  environment: EnvironmentState,
  { root, role }: DriftRequest,
  clock: Clock,
): Promise<{ readonly stacks: readonly StackDrift[]; readonly services: readonly ServiceDrift[] }> {
  const { stacks } = await readGolden(root, environment.name)
  return {
    stacks: await readStackDrift(stacks, role, clock),
    services: await readServiceDrift(environment, role, clock),
  }
}

/** The same for what all environments share, in the artifact account: no service runs there. */
export async function checkSharedDrift(
  { artifacts }: Pick<Project, 'artifacts'>,
  { root, role }: DriftRequest,
  clock: Clock,
): Promise<{ readonly stacks: readonly StackDrift[]; readonly services: readonly ServiceDrift[] }> {
  const { stacks } = await readGolden(root, shared)
  return { stacks: await readStackDrift(watchedShared(stacks, artifacts.account), role, clock), services: [] }
}

/** Compares stacks with the templates that they were deployed with, one after the other: detection is throttled by account. */
export async function readStackDrift(
  stacks: readonly GoldenStack[],
  role: string | undefined,
  clock: Clock,
): Promise<StackDrift[]> {
  const found: StackDrift[] = []
  for (const stack of stacks) {
    const client = new CloudFormationClient(clientConfiguration({ region: stack.region, role }, process.env))
    found.push(await detectDrift(client, clock, stack))
  }
  return found
}

/** Compares the digests that tasks run with the releases that git names. */
export async function readServiceDrift(
  environment: EnvironmentState,
  role: string | undefined,
  clock: Clock,
): Promise<ServiceDrift[]> {
  const services: ServiceDrift[] = []
  for (const region of environment.environment.regions) {
    const { ecs } = awsClients({ region, role })
    const cluster = clusterName(environment)
    for (const [service, { release }] of Object.entries(environment.services)) {
      const ecsService = ecsServiceName(environment, service)
      const since = new Date(clock.now().getTime() - monthMilliseconds)
      const deployments = await serviceDeployments(ecs).list(cluster, ecsService, since)
      const tasks = await listServiceTasks(ecs, cluster, ecsService, 'RUNNING')
      const running = tasks
        .flatMap(({ containers }) => containers?.filter(({ name }) => name === names.container(service)) ?? [])
        .map(({ imageDigest }) => imageDigest)
        .filter((digest): digest is string => digest != null)
      const isMoving = deployments.some(({ status }) => !finalStatuses.includes(status))
      services.push({ service, region, released: release.image.digest, running, isMoving })
    }
  }
  return services
}
