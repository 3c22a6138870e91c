import {
  DescribeTasksCommand,
  RunTaskCommand,
  type AssignPublicIp,
  type ECSClient,
  type Task,
} from '@aws-sdk/client-ecs'
import type { OneOffTask, OneOffTasks } from '@sluice/core/rollout/ecs-service'

export function oneOffTasks(ecs: ECSClient): OneOffTasks {
  return {
    async run(cluster, taskDefinition, network, token) {
      const { tasks, failures } = await ecs.send(
        new RunTaskCommand({
          cluster,
          taskDefinition,
          launchType: 'FARGATE',
          count: 1,
          // ECS allows 64 characters of clientToken and 36 of startedBy.
          clientToken: token.slice(0, 64),
          startedBy: 'sluice',
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [...network.subnets],
              securityGroups: [...network.securityGroups],
              assignPublicIp: network.assignPublicIp as AssignPublicIp,
            },
          },
        }),
      )
      if (tasks?.[0]) return toOneOffTask(tasks[0])
      const why = failures?.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': ')).join('; ')
      throw new Error(`ECS did not start the task ${taskDefinition}: ${why || 'no reason given'}`)
    },
    async read(cluster, arn) {
      const { tasks, failures } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))
      if (tasks?.[0]) return toOneOffTask(tasks[0])
      throw new Error(`expected the task ${arn}, found none (${failures?.[0]?.reason ?? 'no reason given'})`)
    },
  }
}

export function toOneOffTask(task: Task): OneOffTask {
  return {
    arn: task.taskArn ?? '',
    lastStatus: task.lastStatus ?? '',
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    containers: (task.containers ?? []).map(({ name = '', exitCode, reason }) => ({ name, exitCode, reason })),
  }
}
