import { DescribeServicesCommand } from '@aws-sdk/client-ecs'
import { names } from '@sluice/core/names'
import type { DiagnosisFacts } from '@sluice/core/rollout/diagnosis'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import type { RolloutView } from '@sluice/core/rollout/watch'
import type { AwsClients } from './clients.ts'
import { listServiceTasks, readServiceRevision, targetGroupOf } from './ecs-services.ts'
import { readLastLogLines } from './log-lines.ts'
import { toOneOffTask } from './one-off-tasks.ts'
import { readTargetHealth } from './routing.ts'

/**
 * Gathers why a rollout did not land. ECS forgets stopped tasks within the hour. What cannot be read is named among the
 * events and does not hide the rest: the diagnosis explains a verdict, it is none.
 */
export async function readDiagnosis(
  clients: AwsClients,
  handle: RolloutHandle,
  { deployment, state }: RolloutView,
): Promise<DiagnosisFacts> {
  const unread: { at: Date; message: string }[] = []
  const attempt = async <Value>(what: string, fallback: Value, read: () => Promise<Value>): Promise<Value> => {
    try {
      return await read()
    } catch (error) {
      unread.push({ at: new Date(), message: `${what} could not be read: ${(error as Error).message}` })
      return fallback
    }
  }
  const { cluster, ecsService, environment, service } = handle
  const events = await attempt('events', [], async () => {
    const { services } = await clients.ecs.send(new DescribeServicesCommand({ cluster, services: [ecsService] }))
    return (services?.[0]?.events ?? [])
      .filter(({ createdAt }) => createdAt != null && createdAt >= deployment.createdAt)
      .map(({ createdAt = new Date(0), message = '' }) => ({ at: createdAt, message }))
  })
  const stopped = await attempt('stopped tasks', [], async () => {
    const tasks = await listServiceTasks(clients.ecs, cluster, ecsService, 'STOPPED')
    return tasks.filter(({ startedBy }) => startedBy === `ecs-svc/${handle.revisionId}`).map(toOneOffTask)
  })
  const targets = await attempt('targets', [], async () => {
    const targetGroup = targetGroupOf(await readServiceRevision(clients.ecs, deployment.target.arn))
    return targetGroup == null ? [] : readTargetHealth(clients.elb, targetGroup)
  })
  const crashed = stopped.find(({ stopCode }) => stopCode === 'EssentialContainerExited') ?? stopped[0]
  const logLines = await attempt('log lines', [], async () =>
    crashed == null
      ? []
      : readLastLogLines(
          clients.logs,
          names.logGroup(environment, service),
          service,
          names.container(service),
          crashed.arn,
        ),
  )
  return {
    statusReason: deployment.statusReason ?? state.reason,
    events: [...unread, ...events],
    stoppedTasks: stopped,
    targets,
    logLines,
    triggeredAlarms: deployment.alarms?.triggered ?? [],
  }
}
