import { GetLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'

/** The last lines that one container of a task wrote; none when it never wrote any. */
export async function readLastLogLines(
  logs: CloudWatchLogsClient,
  logGroup: string,
  prefix: string,
  container: string,
  taskArn: string,
  limit = 20,
): Promise<readonly string[]> {
  const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1)
  try {
    const { events } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: logGroup,
        logStreamName: `${prefix}/${container}/${taskId}`,
        limit,
        startFromHead: false,
      }),
    )
    return (events ?? []).map(({ message = '' }) => message.trimEnd())
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return []
    throw error
  }
}
