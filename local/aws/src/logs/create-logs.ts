import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError, type AwsService } from '../endpoint/service.ts'

interface LogEvent {
  readonly timestamp: number
  readonly message: string
}

/** CloudWatch Logs: one file a stream, one JSON line an event. */
export interface Logs {
  readonly service: AwsService
  createGroup(name: string): void
  append(group: string, stream: string, line: string, time: Date): void
}

export function createLogs(options: { account: string; region: string; stateFolder: string }): Logs {
  const root = join(options.stateFolder, 'logs')
  mkdirSync(root, { recursive: true })
  const groupFolder = (group: string) => join(root, encodeURIComponent(group))
  const streamFile = (group: string, stream: string) => join(groupFolder(group), `${encodeURIComponent(stream)}.jsonl`)
  const groups = () => readdirSync(root).map(decodeURIComponent).sort()
  const streams = (group: string) => {
    if (!groups().includes(group)) {
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
    }
    return readdirSync(groupFolder(group))
      .map((file) => decodeURIComponent(file.replace(/\.jsonl$/, '')))
      .sort()
  }
  const read = (group: string, stream: string): LogEvent[] => {
    if (!streams(group).includes(stream)) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
    }
    const lines = readFileSync(streamFile(group, stream), 'utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEvent)
  }
  const write = (group: string, stream: string, events: readonly LogEvent[]) => {
    mkdirSync(groupFolder(group), { recursive: true })
    appendFileSync(streamFile(group, stream), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  }
  const groupArn = (group: string) => `arn:aws:logs:${options.region}:${options.account}:log-group:${group}`
  const groupName = (input: { logGroupName?: string; logGroupIdentifier?: string }) =>
    input.logGroupName ?? input.logGroupIdentifier?.replace(/^arn:.*:log-group:/, '') ?? ''

  return {
    createGroup: (name) => mkdirSync(groupFolder(name), { recursive: true }),
    append: (group, stream, line, time) => write(group, stream, [{ timestamp: time.getTime(), message: line }]),
    service: {
      protocol: 'json-1.1',
      targetPrefix: 'Logs_20140328',
      operations: {
        CreateLogGroup: ({ logGroupName }: { logGroupName: string }) => {
          if (groups().includes(logGroupName)) {
            throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists')
          }
          mkdirSync(groupFolder(logGroupName), { recursive: true })
          return {}
        },
        CreateLogStream: ({ logGroupName, logStreamName }: { logGroupName: string; logStreamName: string }) => {
          if (streams(logGroupName).includes(logStreamName)) {
            throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists')
          }
          write(logGroupName, logStreamName, [])
          return {}
        },
        PutLogEvents: (input: { logGroupName: string; logStreamName: string; logEvents: readonly LogEvent[] }) => {
          read(input.logGroupName, input.logStreamName)
          write(input.logGroupName, input.logStreamName, input.logEvents)
          return { nextSequenceToken: '0' }
        },
        DescribeLogGroups: ({ logGroupNamePrefix = '' }: { logGroupNamePrefix?: string }) => ({
          logGroups: groups()
            .filter((name) => name.startsWith(logGroupNamePrefix))
            .map((name) => ({ logGroupName: name, arn: `${groupArn(name)}:*`, storedBytes: 0 })),
        }),
        DescribeLogStreams: (input: {
          logGroupName?: string
          logGroupIdentifier?: string
          logStreamNamePrefix?: string
        }) => {
          const group = groupName(input)
          return {
            logStreams: streams(group)
              .filter((name) => name.startsWith(input.logStreamNamePrefix ?? ''))
              .map((name) => ({ logStreamName: name, arn: `${groupArn(group)}:log-stream:${name}` })),
          }
        },
        GetLogEvents: (input: {
          logGroupName: string
          logStreamName: string
          limit?: number
          startTime?: number
          startFromHead?: boolean
        }) => {
          const events = read(groupName(input), input.logStreamName).filter(
            ({ timestamp }) => timestamp >= (input.startTime ?? 0),
          )
          const limit = input.limit ?? 10_000
          const page = input.startFromHead ? events.slice(0, limit) : events.slice(-limit)
          return {
            events: page.map((event) => ({ ...event, ingestionTime: event.timestamp })),
            nextForwardToken: `f/${events.length}`,
            nextBackwardToken: 'b/0',
          }
        },
        FilterLogEvents: (input: {
          logGroupName?: string
          logGroupIdentifier?: string
          logStreamNames?: readonly string[]
          logStreamNamePrefix?: string
          startTime?: number
          endTime?: number
          filterPattern?: string
          limit?: number
        }) => {
          const group = groupName(input)
          const pattern = (input.filterPattern ?? '').replaceAll('"', '')
          const events = streams(group)
            .filter((name) => input.logStreamNames?.includes(name) ?? name.startsWith(input.logStreamNamePrefix ?? ''))
            .flatMap((name) =>
              read(group, name).map((event, index) => ({ ...event, logStreamName: name, eventId: `${name}/${index}` })),
            )
            .filter(
              ({ timestamp, message }) =>
                timestamp >= (input.startTime ?? 0) &&
                timestamp < (input.endTime ?? Infinity) &&
                message.includes(pattern),
            )
            .sort((a, b) => a.timestamp - b.timestamp)
          return { events: events.slice(0, input.limit ?? 10_000), searchedLogStreams: [] }
        },
      },
    },
  }
}
