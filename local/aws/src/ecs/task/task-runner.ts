import type { TaskStopCode } from '@aws-sdk/client-ecs'
import type { EmulatorClock } from '../../clock.ts'
import type { LoadBalancing } from '../../elbv2/load-balancing.ts'
import type { ContainerExit, ImageStore, RunningContainer, TaskRuntime } from '../../runtime/task-runtime.ts'
import type { ContainerRecord, TaskDefinitionRecord, TaskRecord, TaskStatus } from '../records.ts'
import { containerSpec, logTarget } from './container-spec.ts'
import { resolveSecrets, type ValueStore } from './resolve-secrets.ts'
import type { TaskAgent } from './task-agent.ts'

export interface TaskRunnerPorts {
  readonly clock: EmulatorClock
  readonly runtime: TaskRuntime
  readonly images: ImageStore
  readonly balancing: LoadBalancing
  readonly secrets: ValueStore
  readonly parameters: ValueStore
  readonly agent: Pick<TaskAgent, 'environment' | 'forget'>
  readonly logs: { append(group: string, stream: string, line: string, time: Date): void }
  readonly choosePort: () => Promise<number>
  /** Tasks start only after this: what a killed run left behind is gone. */
  readonly ready: Promise<void>
  /** Something of a task changed: save, and look at its service again. */
  readonly changed: (task: TaskRecord) => void
}

/** Why a task is to end. */
export interface StopCause {
  readonly code: TaskStopCode
  readonly reason: string
}

/** Walks tasks through their life: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, STOPPED. */
export interface TaskRunner {
  start(task: TaskRecord, definition: TaskDefinitionRecord['definition']): void
  /** Drains, then stops. Safe to call again. */
  stop(task: TaskRecord, cause: StopCause): void
  /** Stops every container at once, for the end of the emulator. */
  close(): Promise<void>
}

/** ECS: a container has 30 s between SIGTERM and SIGKILL unless its definition says otherwise. */
const defaultStopTimeoutSeconds = 30
/** Milliseconds that containers have when the emulator itself ends. */
const closingGrace = 2000

export function createTaskRunner(ports: TaskRunnerPorts): TaskRunner {
  const { clock, balancing } = ports
  const live = new Map<string, Map<string, RunningContainer>>()
  const stopTimeouts = new Map<string, number>()
  const ending = new Map<string, Promise<void>>()
  const starting = new Map<string, Promise<void>>()
  let closed = false

  const now = () => clock.now().getTime()
  // A process ends in its own time, whatever the speed of the clock: never press it below 10 s.
  const grace = (seconds: number) => Math.max(clock.scale(seconds * 1000), Math.min(seconds, 10) * 1000)
  const wanted = (task: TaskRecord) => task.desiredStatus === 'RUNNING' && !closed
  const to = (task: TaskRecord, status: TaskStatus) => {
    task.lastStatus = status
    task.version++
    ports.changed(task)
  }

  async function launch(task: TaskRecord, definition: TaskDefinitionRecord['definition']): Promise<void> {
    await ports.ready
    if (!wanted(task)) return
    to(task, 'PENDING')
    task.pullStartedAt = now()
    const prepared = []
    for (const container of definition.containerDefinitions ?? []) {
      const record = task.containers.find(({ name }) => name === container.name)
      if (!record) throw new Error(`task ${task.id} has no container ${String(container.name)}`)
      const image = await ports.images.image(pinned(record))
      record.imageDigest = image.digest
      const secrets = resolveSecrets(container, ports.secrets, ports.parameters)
      prepared.push({ container, record, image, secrets })
    }
    task.pullStoppedAt = now()
    if (!wanted(task)) return
    to(task, 'ACTIVATING')
    const ofAgent = await ports.agent.environment(task, task.overrides.taskRoleArn ?? definition.taskRoleArn)
    const running = new Map<string, RunningContainer>()
    live.set(task.id, running)
    for (const { container, record, image, secrets } of prepared) {
      if (record.containerPort != null) record.hostPort = await ports.choosePort()
      if (!wanted(task)) return
      const { group, stream } = logTarget(container, definition.family ?? 'task', task.id)
      const spec = containerSpec(definition, container, record, task, image, secrets, ofAgent, (line) =>
        ports.logs.append(group, stream, line, clock.now()),
      )
      const handle = await start(spec, record)
      running.set(record.name, handle)
      stopTimeouts.set(`${task.id}/${record.name}`, container.stopTimeout ?? defaultStopTimeoutSeconds)
      record.lastStatus = 'RUNNING'
      void handle.exited.then((exit) => containerEnded(task, record, container.essential ?? true, exit))
    }
    if (!wanted(task)) return
    for (const { targetGroupArn, containerName } of task.targetGroups) {
      const port = task.containers.find(({ name }) => name === containerName)?.hostPort
      if (port == null) throw new Error(`ResourceInitializationError: container ${containerName} has no port mapping`)
      balancing.register(targetGroupArn, { id: task.id, host: '127.0.0.1', port })
    }
    task.startedAt = now()
    to(task, 'RUNNING')
  }

  async function start(spec: Parameters<TaskRuntime['start']>[0], record: ContainerRecord): Promise<RunningContainer> {
    try {
      return await ports.runtime.start(spec)
    } catch (error) {
      record.reason = (error as Error).message
      record.lastStatus = 'STOPPED'
      throw error
    }
  }

  function containerEnded(task: TaskRecord, record: ContainerRecord, essential: boolean, exit: ContainerExit): void {
    record.lastStatus = 'STOPPED'
    if (exit.exitCode != null) record.exitCode = exit.exitCode
    if (exit.reason != null) record.reason = exit.reason
    if (closed) return
    if (wanted(task) && (essential || task.containers.every(({ lastStatus }) => lastStatus === 'STOPPED'))) {
      stop(task, { code: 'EssentialContainerExited', reason: 'Essential container in task exited' })
    }
  }

  function stop(task: TaskRecord, cause: StopCause): void {
    if (task.desiredStatus === 'STOPPED') return
    task.desiredStatus = 'STOPPED'
    task.stopCode = cause.code
    task.stoppedReason = cause.reason
    task.stoppingAt = now()
    task.version++
    const end = finish(task).finally(() => ending.delete(task.id))
    ending.set(task.id, end)
    ports.changed(task)
  }

  /** Out of the load balancer first, then SIGTERM: no request meets a closed door. */
  async function finish(task: TaskRecord): Promise<void> {
    if (task.startedAt != null) to(task, 'DEACTIVATING')
    await Promise.allSettled(
      task.targetGroups.map(async ({ targetGroupArn }) => balancing.deregister(targetGroupArn, task.id)),
    )
    to(task, 'STOPPING')
    // A start under way sees that it is not wanted any more; its containers must not outlive the task.
    await starting.get(task.id)
    await Promise.allSettled(
      [...(live.get(task.id) ?? [])].map(async ([name, container]) =>
        container.stop(grace(stopTimeouts.get(`${task.id}/${name}`) ?? defaultStopTimeoutSeconds)),
      ),
    )
    live.delete(task.id)
    ports.agent.forget(task)
    for (const { name } of task.containers) stopTimeouts.delete(`${task.id}/${name}`)
    to(task, 'DEPROVISIONING')
    for (const container of task.containers) container.lastStatus = 'STOPPED'
    task.stoppedAt = now()
    to(task, 'STOPPED')
  }

  return {
    start(task, definition) {
      const begun = launch(task, definition)
        .catch((error: unknown) => {
          if (closed) return
          const reason = error instanceof Error ? error.message : String(error)
          stop(task, { code: 'TaskFailedToStart', reason })
        })
        .finally(() => starting.delete(task.id))
      starting.set(task.id, begun)
    },
    stop,
    async close() {
      closed = true
      await Promise.allSettled(starting.values())
      await Promise.allSettled(
        [...live.values()].flatMap((containers) => [...containers.values()].map((c) => c.stop(closingGrace))),
      )
      await Promise.allSettled(ending.values())
    },
  }
}

/** The image by digest once a digest is known for this revision (version consistency), as it was written before. */
function pinned({ image, imageDigest }: ContainerRecord): string {
  if (imageDigest == null || image.includes('@')) return image
  const slash = image.lastIndexOf('/')
  const colon = image.indexOf(':', slash)
  return `${colon === -1 ? image : image.slice(0, colon)}@${imageDigest}`
}
