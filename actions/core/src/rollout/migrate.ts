import type { Clock } from '../clock.ts'
import { parseDuration } from '../duration.ts'
import type { OneOffTask, OneOffTasks, TaskNetwork } from './ecs-service.ts'

/** Without a limit in `<service>.yaml`: an expand phase adds columns and indexes, which takes minutes and not hours. */
const defaultTimeout = '15m'

export interface Migration {
  readonly cluster: string
  readonly taskDefinitionArn: string
  readonly network: TaskNetwork
  readonly token: string
  readonly timeout?: string | undefined
  readonly pollMilliseconds: number
}

/**
 * Runs the migrations as one task and waits for it. Throws when it could not start, took too long or exited with anything but
 * 0: nothing has been rolled out then. `lastLines` reads the end of its log for the message.
 */
export async function migrate(
  tasks: OneOffTasks,
  clock: Clock,
  migration: Migration,
  lastLines: (taskArn: string) => Promise<readonly string[]>,
): Promise<OneOffTask> {
  const { cluster, taskDefinitionArn, network, token } = migration
  const limit = parseDuration(migration.timeout ?? defaultTimeout)
  const deadline = clock.now().getTime() + limit * 1000
  let task = await tasks.run(cluster, taskDefinitionArn, network, token)
  while (task.lastStatus !== 'STOPPED') {
    if (clock.now().getTime() > deadline)
      throw new Error(
        `the migrations task ${task.arn} is ${task.lastStatus} after ${limit} seconds; nothing was rolled out`,
      )
    await clock.sleep(migration.pollMilliseconds)
    task = await tasks.read(cluster, task.arn)
  }
  const failed = task.containers.find(({ exitCode }) => exitCode !== 0)
  if (!failed && task.containers.length > 0) return task
  const exit = failed?.exitCode == null ? 'did not run' : `exited with ${failed.exitCode}`
  const why = [failed?.reason, task.stoppedReason].filter((text) => text != null && text !== '').join('; ')
  const lines = await lastLines(task.arn)
  throw new Error(
    [
      `the migrations task ${task.arn} ${exit}${why === '' ? '' : ` (${why})`}; nothing was rolled out`,
      ...lines.map((line) => `  ${line}`),
    ].join('\n'),
  )
}
