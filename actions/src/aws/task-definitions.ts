import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type ECSClient,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'
import type { RegisteredDefinition, TaskDefinitionRegistry } from '@sluice/core/rollout/ecs-service'

export function taskDefinitions(ecs: ECSClient): TaskDefinitionRegistry {
  const read = async (taskDefinition: string): Promise<RegisteredDefinition> => {
    const { taskDefinition: found, tags } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }),
    )
    if (found?.taskDefinitionArn == null) throw new Error(`ECS described ${taskDefinition} without an ARN`)
    return {
      arn: found.taskDefinitionArn,
      tags: Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value])),
    }
  }
  return {
    read,
    async newest(family) {
      try {
        return await read(family)
      } catch (error) {
        if (error instanceof Error && error.name === 'ClientException' && /unable to describe/i.test(error.message))
          return undefined
        throw error
      }
    },
    async register(input) {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand(input as unknown as RegisterTaskDefinitionCommandInput),
      )
      if (taskDefinition?.taskDefinitionArn == null) throw new Error(`ECS registered ${input.family} without an ARN`)
      return taskDefinition.taskDefinitionArn
    },
    async deregister(arn) {
      const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))
      if (taskDefinition?.status === 'ACTIVE')
        await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }))
    },
  }
}
