import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs'
import type { ContainerSpec, UnpackedImage } from '../../runtime/task-runtime.ts'
import type { ContainerRecord, TaskRecord } from '../records.ts'

/** Where a container's lines go. */
export interface LogTarget {
  readonly group: string
  readonly stream: string
}

/** awslogs: `prefix/container/task`; containers without a log configuration are kept under `/ecs/<family>` as well. */
export function logTarget(container: ContainerDefinition, family: string, taskId: string): LogTarget {
  const { logDriver, options } = container.logConfiguration ?? {}
  const own = logDriver === 'awslogs' ? options : undefined
  return {
    group: own?.['awslogs-group'] ?? `/ecs/${family}`,
    stream: [own?.['awslogs-stream-prefix'] ?? 'ecs', container.name, taskId].join('/'),
  }
}

/** What the runtime is to run for one container of a task: what the agent gives, definition, then overrides, then the chosen port. */
export function containerSpec(
  definition: Omit<TaskDefinition, 'registeredAt' | 'deregisteredAt'>,
  container: ContainerDefinition,
  record: ContainerRecord,
  task: TaskRecord,
  image: UnpackedImage,
  secrets: Readonly<Record<string, string>>,
  ofAgent: Readonly<Record<string, string>>,
  onOutput: ContainerSpec['onOutput'],
): ContainerSpec {
  const override = task.overrides.containerOverrides?.find(({ name }) => name === container.name)
  const variables = [...(container.environment ?? []), ...(override?.environment ?? [])]
  const command = override?.command ?? container.command
  const taskMemory = Number(task.overrides.memory ?? definition.memory ?? 512)
  return {
    id: `${task.id}-${record.name}`,
    image,
    ...(container.entryPoint ? { entryPoint: container.entryPoint } : {}),
    ...(command ? { command } : {}),
    environment: {
      ...ofAgent,
      ...Object.fromEntries(variables.map(({ name = '', value = '' }) => [name, value])),
      ...secrets,
      ...(record.hostPort == null ? {} : { PORT: String(record.hostPort) }),
    },
    ...(container.workingDirectory ? { workingDirectory: container.workingDirectory } : {}),
    ...(container.user ? { user: container.user } : {}),
    memoryMiB: override?.memory ?? container.memory ?? taskMemory,
    readonlyRootFilesystem: container.readonlyRootFilesystem ?? false,
    ...(record.hostPort == null ? {} : { port: record.hostPort }),
    onOutput,
  }
}
