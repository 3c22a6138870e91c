import type { DescribeTasksRequest, ListTasksRequest, RunTaskRequest, StopTaskRequest, Task } from '@aws-sdk/client-ecs'
import { lastPart } from '../arns.ts'
import type { TaskRecord } from '../records.ts'
import { dateOf, findCluster, known, page, type EcsContext } from './context.ts'
import { conflict, invalidParameter } from './errors.ts'
import { readTags, writeTags } from './tags.ts'
import { findTaskDefinition, runnableTaskDefinition } from './task-definitions.ts'

export function taskOperations(context: EcsContext) {
  const { records, arns } = context

  function shown(task: TaskRecord): Task {
    const definition = findTaskDefinition(records, task.taskDefinition)?.definition
    return known<Task>({
      taskArn: task.arn,
      clusterArn: arns.cluster(task.cluster),
      taskDefinitionArn: task.taskDefinition,
      group: task.group,
      startedBy: task.startedBy,
      lastStatus: task.lastStatus,
      desiredStatus: task.desiredStatus,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      platformFamily: 'Linux',
      connectivity: task.startedAt == null ? undefined : 'CONNECTED',
      availabilityZone: `${arns.cluster('').split(':')[3] ?? ''}a`,
      cpu: task.overrides.cpu ?? definition?.cpu,
      memory: task.overrides.memory ?? definition?.memory,
      // Commands of container health checks are not run here; target groups check health.
      healthStatus: 'UNKNOWN',
      version: task.version,
      createdAt: new Date(task.createdAt),
      pullStartedAt: dateOf(task.pullStartedAt),
      pullStoppedAt: dateOf(task.pullStoppedAt),
      startedAt: dateOf(task.startedAt),
      stoppingAt: dateOf(task.stoppingAt),
      stoppedAt: dateOf(task.stoppedAt),
      executionStoppedAt: dateOf(task.stoppedAt),
      stopCode: task.stopCode,
      stoppedReason: task.stoppedReason,
      overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...task.overrides },
      attachments: [
        {
          id: `eni-${task.id.slice(0, 17)}`,
          type: 'ElasticNetworkInterface',
          status: task.lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED',
          details: [{ name: 'privateIPv4Address', value: '127.0.0.1' }],
        },
      ],
      containers: task.containers.map((container) =>
        known({
          containerArn: container.arn,
          taskArn: task.arn,
          name: container.name,
          image: container.image,
          imageDigest: container.imageDigest,
          runtimeId: `${task.id}-${container.name}`,
          lastStatus: container.lastStatus,
          exitCode: container.exitCode,
          reason: container.reason,
          healthStatus: 'UNKNOWN' as const,
          networkInterfaces: [{ attachmentId: `eni-${task.id.slice(0, 17)}`, privateIpv4Address: '127.0.0.1' }],
          networkBindings:
            container.hostPort == null
              ? []
              : [
                  known({
                    bindIP: '127.0.0.1',
                    containerPort: container.containerPort,
                    hostPort: container.hostPort,
                    protocol: 'tcp' as const,
                  }),
                ],
        }),
      ),
      tags: readTags(records, task.arn),
    })
  }

  function find(cluster: string | undefined, nameOrArn: string): TaskRecord | undefined {
    return records.tasks[arns.task(findCluster(records, cluster).name, lastPart(nameOrArn))]
  }

  return {
    RunTask(request: RunTaskRequest) {
      const cluster = findCluster(records, request.cluster)
      const { definition } = runnableTaskDefinition(records, request.taskDefinition ?? '')
      const count = request.count ?? 1
      if (!Number.isInteger(count) || count < 1 || count > 10) {
        throw invalidParameter('count must be between 1 and 10.')
      }
      const names = definition.containerDefinitions?.map(({ name }) => name) ?? []
      const unknown = request.overrides?.containerOverrides?.find(({ name }) => !names.includes(name))
      if (unknown) {
        throw invalidParameter(
          `Override for container named ${String(unknown.name)} is not a container in the TaskDefinition.`,
        )
      }
      const { clientToken } = request
      const before = Object.values(records.tasks).filter(
        (task) => clientToken != null && task.clientToken === clientToken,
      )
      if (
        before.some((task) => task.taskDefinition !== definition.taskDefinitionArn || task.cluster !== cluster.name)
      ) {
        throw conflict('The clientToken was used before with other parameters.')
      }
      if (before.length > 0) return { tasks: before.map(shown), failures: [] }
      const tasks = Array.from({ length: count }, () =>
        context.launch({
          cluster: cluster.name,
          taskDefinition: definition.taskDefinitionArn ?? '',
          group: request.group ?? `family:${definition.family ?? ''}`,
          ...(request.startedBy == null ? {} : { startedBy: request.startedBy }),
          overrides: request.overrides ?? {},
          ...(clientToken == null ? {} : { clientToken }),
        }),
      )
      for (const task of tasks) writeTags(records, task.arn, request.tags)
      context.changed()
      return { tasks: tasks.map(shown), failures: [] }
    },
    StopTask({ cluster, task: nameOrArn = '', reason }: StopTaskRequest) {
      const task = find(cluster, nameOrArn)
      if (!task) throw invalidParameter('The referenced task was not found.')
      context.runner.stop(task, { code: 'UserInitiated', reason: reason ?? 'Task stopped by user' })
      context.changed()
      return { task: shown(task) }
    },
    DescribeTasks({ cluster, tasks = [] }: DescribeTasksRequest) {
      if (tasks.length === 0) throw invalidParameter('Tasks cannot be empty.')
      if (tasks.length > 100) throw invalidParameter('Tasks cannot contain more than 100 elements.')
      const asked = tasks.map((nameOrArn) => ({ nameOrArn, task: find(cluster, nameOrArn) }))
      const name = findCluster(records, cluster).name
      return {
        tasks: asked.flatMap(({ task }) => (task ? [shown(task)] : [])),
        failures: asked
          .filter(({ task }) => !task)
          .map(({ nameOrArn }) => ({ arn: arns.task(name, lastPart(nameOrArn)), reason: 'MISSING' })),
      }
    },
    ListTasks(request: ListTasksRequest) {
      const cluster = findCluster(records, request.cluster)
      const family = (reference: string) => lastPart(reference).split(':')[0]
      const found = Object.values(records.tasks).filter(
        (task) =>
          task.cluster === cluster.name &&
          task.desiredStatus === (request.desiredStatus ?? 'RUNNING') &&
          (request.serviceName == null || task.group === `service:${lastPart(request.serviceName)}`) &&
          (request.family == null || family(task.taskDefinition) === request.family) &&
          (request.startedBy == null || task.startedBy === request.startedBy),
      )
      const { items, ...rest } = page(found, request, 100)
      return { taskArns: items.map(({ arn }) => arn), ...rest }
    },
  }
}
