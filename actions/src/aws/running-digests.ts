import type { ECSClient } from '@aws-sdk/client-ecs'
import { names } from '@sluice/core/names'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { listServiceTasks, readServiceRevision } from './ecs-services.ts'

/** Every digest of the service's container that ECS names: in the service revision, and in each running task. */
export async function readRunningDigests(
  ecs: ECSClient,
  { cluster, ecsService, service }: RolloutHandle,
  revisionArn: string,
): Promise<readonly string[]> {
  const container = names.container(service)
  const revision = await readServiceRevision(ecs, revisionArn)
  const tasks = await listServiceTasks(ecs, cluster, ecsService, 'RUNNING')
  const digests = [
    ...(revision.containerImages ?? []).filter(({ containerName }) => containerName === container),
    ...tasks
      .filter(({ lastStatus }) => lastStatus === 'RUNNING')
      .flatMap(({ containers }) => containers?.filter(({ name }) => name === container) ?? []),
  ].map(({ imageDigest }) => imageDigest)
  return [...new Set(digests.filter((digest): digest is string => digest != null))]
}
