import { newIds, type Arns } from '../arns.ts'
import type { EmulatorClock } from '../../clock.ts'
import type { TaskOrder } from '../operations/context.ts'
import { findTaskDefinition } from '../operations/task-definitions.ts'
import type { EcsRecords, RevisionRecord, ServiceRecord, TaskRecord } from '../records.ts'
import { deploymentId } from '../service/record-event.ts'
import { targetGroupOf } from '../service/target-groups.ts'
import type { TaskRunner } from './task-runner.ts'

/** ECS shows stopped tasks for about an hour; here the latest of them stay, so that the state stays small. */
const stoppedTasksKept = 200

interface LaunchPorts {
  readonly records: EcsRecords
  readonly arns: Arns
  readonly clock: EmulatorClock
  readonly runner: TaskRunner
}

/** Makes task records and starts them. */
export function createLauncher({ records, arns, clock, runner }: LaunchPorts) {
  function launch(order: TaskOrder): TaskRecord {
    const definition = findTaskDefinition(records, order.taskDefinition)?.definition
    if (!definition) throw new Error(`there is no task definition ${order.taskDefinition}`)
    const id = newIds.task()
    const { service, revision } = order
    const task: TaskRecord = {
      id,
      arn: arns.task(order.cluster, id),
      cluster: order.cluster,
      taskDefinition: order.taskDefinition,
      group: order.group,
      ...(order.startedBy == null ? {} : { startedBy: order.startedBy }),
      overrides: order.overrides ?? {},
      ...(order.clientToken == null ? {} : { clientToken: order.clientToken }),
      createdAt: clock.now().getTime(),
      ...(service ? { service: service.arn } : {}),
      ...(revision ? { revision: revision.id } : {}),
      targetGroups: (revision?.loadBalancers ?? []).map((balancer) => ({
        targetGroupArn: targetGroupOf(balancer, revision?.side ?? 'primary'),
        containerName: balancer.containerName ?? '',
        containerPort: balancer.containerPort ?? 0,
      })),
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      version: 1,
      containers: (definition.containerDefinitions ?? []).map(({ name = '', image = '', portMappings }) => {
        const digest = revision?.images.find(({ containerName }) => containerName === name)?.imageDigest
        const port = portMappings?.[0]?.containerPort
        return {
          name,
          arn: arns.container(order.cluster, id, newIds.task()),
          image,
          ...(digest == null ? {} : { imageDigest: digest }),
          lastStatus: 'PENDING' as const,
          ...(port == null ? {} : { containerPort: port }),
        }
      }),
    }
    records.tasks[task.arn] = task
    forgetOldTasks(records)
    runner.start(task, definition)
    return task
  }

  return {
    launch,
    forRevision: (service: ServiceRecord, revision: RevisionRecord) =>
      launch({
        cluster: service.cluster,
        taskDefinition: revision.taskDefinition,
        group: `service:${service.name}`,
        startedBy: deploymentId(revision.id),
        service,
        revision,
      }),
  }
}

function forgetOldTasks(records: EcsRecords): void {
  const stopped = Object.values(records.tasks).filter(
    ({ lastStatus, service, accounted }) => lastStatus === 'STOPPED' && (service == null || accounted),
  )
  const surplus = stopped.length - stoppedTasksKept
  if (surplus <= 0) return
  for (const { arn } of stopped.sort((a, b) => a.createdAt - b.createdAt).slice(0, surplus)) {
    delete records.tasks[arn]
    delete records.tags[arn]
  }
}
