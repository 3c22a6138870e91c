import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm'
import * as z from 'zod'
import { ConfigurationError } from '@sluice/core/failure'
import { names } from '@sluice/core/names'
import { holdSchema, type Holds } from '@sluice/core/rollout/hold'
import { taskSkeletonSchema, type TaskSkeleton } from '@sluice/core/task-skeleton'

/** The task skeleton that infra published. Throws a `ConfigurationError` when there is none, or none that can be read. */
export async function readTaskSkeleton(ssm: SSMClient, environment: string, service: string): Promise<TaskSkeleton> {
  const name = names.taskSkeletonParameter(environment, service)
  const text = await readParameter(ssm, name)
  if (text == null) {
    const hint = `deploy the stack ${names.stack(environment, service)} first`
    throw new ConfigurationError([{ message: `expected the SSM parameter ${name}, found none`, hint }])
  }
  const result = taskSkeletonSchema.safeParse(parseJson(name, text))
  if (result.success) return result.data
  const hint = 'infra and actions must come from the same commit: deploy infra, then run this again'
  throw new ConfigurationError([
    { message: `the SSM parameter ${name} is no task skeleton: ${z.prettifyError(result.error)}`, hint },
  ])
}

/** Digests that were rolled back and may not return by themselves. */
export function holds(ssm: SSMClient): Holds {
  return {
    async read(environment, service) {
      const name = names.holdParameter(environment, service)
      const text = await readParameter(ssm, name)
      return text == null ? undefined : holdSchema.parse(parseJson(name, text))
    },
    async write(environment, service, hold) {
      // SSM keeps 4 KB; a reason with a log in it is cut.
      const Value = JSON.stringify({ ...hold, reason: hold.reason.slice(0, 2000) })
      await ssm.send(
        new PutParameterCommand({
          Name: names.holdParameter(environment, service),
          Value,
          Type: 'String',
          Overwrite: true,
        }),
      )
    },
  }
}

async function readParameter(ssm: SSMClient, Name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
    return Parameter?.Value
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined
    throw error
  }
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ConfigurationError(`expected JSON in the SSM parameter ${name}, found "${text.slice(0, 40)}"`, {
      cause: error,
    })
  }
}
