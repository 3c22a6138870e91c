import type { EmulatorClock } from '../clock.ts'
import type { Alarms, MetricStore } from '../cloudwatch/metric-store.ts'
import type { LoadBalancing } from '../elbv2/load-balancing.ts'
import type { AwsService, Operation } from '../endpoint/service.ts'
import type { ImageStore, TaskRuntime } from '../runtime/task-runtime.ts'
import { createArns } from './arns.ts'
import { clusterOperations } from './operations/clusters.ts'
import type { EcsContext } from './operations/context.ts'
import { serviceDeploymentOperations } from './operations/service-deployments.ts'
import { serviceOperations } from './operations/services.ts'
import { tagOperations } from './operations/tags.ts'
import { taskDefinitionOperations } from './operations/task-definitions.ts'
import { taskOperations } from './operations/tasks.ts'
import { throttled } from './operations/throttle.ts'
import { resume } from './resume.ts'
import { createScheduler, type Scheduler } from './service/scheduler.ts'
import { openStateFile } from './state-file.ts'
import { createLauncher } from './task/launch-task.ts'
import { createPortChooser } from './task/free-port.ts'
import type { ValueStore } from './task/resolve-secrets.ts'
import type { TaskAgent } from './task/task-agent.ts'
import { createTaskRunner } from './task/task-runner.ts'

export interface EcsOptions {
  readonly clock: EmulatorClock
  /** Where `ecs.json` lives; what it holds is taken up again. */
  readonly stateFolder: string
  readonly region: string
  readonly account: string
  readonly runtime: TaskRuntime
  readonly images: ImageStore
  readonly balancing: LoadBalancing
  readonly metrics: MetricStore
  readonly alarms: Alarms
  readonly secrets: ValueStore
  readonly parameters: ValueStore
  readonly agent: Pick<TaskAgent, 'environment' | 'forget'>
  readonly logs: { append(group: string, stream: string, line: string, time: Date): void }
  /** A port on 127.0.0.1 for a task; the system chooses when this is left out. */
  readonly choosePort?: () => Promise<number>
  /** Emulated milliseconds for which reads do not know a new service deployment, as on AWS; 1500 when left out. */
  readonly readLag?: number
}

/**
 * ECS on one machine: the control plane of clusters, task definitions, tasks, services and service deployments, over
 * whatever runtime and load balancers it is given. Takes up the state that it finds in its folder.
 */
export function createEcs(options: EcsOptions): { readonly service: AwsService; close(): Promise<void> } {
  const { clock, balancing, runtime } = options
  const state = openStateFile(options.stateFolder)
  const arns = createArns(options.account, options.region)
  let scheduler: Scheduler | undefined

  resume(state.records, balancing, clock.now().getTime())
  state.save()
  const ready = runtime.sweep()
  // Tasks that wait for it say why they cannot start; until there is one, nobody listens.
  ready.catch(() => undefined)
  const runner = createTaskRunner({
    ...options,
    choosePort: options.choosePort ?? createPortChooser(),
    ready,
    changed: () => scheduler?.wake(),
  })
  const launcher = createLauncher({ records: state.records, arns, clock, runner })
  scheduler = createScheduler({ ...options, state, runner, launch: launcher.forRevision })

  const context: EcsContext = {
    records: state.records,
    arns,
    clock,
    runner,
    launch: launcher.launch,
    readLag: clock.scale(options.readLag ?? 1500),
    changed: () => {
      state.save()
      scheduler?.wake()
    },
  }
  const operations: Record<string, Operation> = {
    ...clusterOperations(context),
    ...taskDefinitionOperations(context),
    ...serviceOperations(context),
    ...taskOperations(context),
    ...serviceDeploymentOperations(context),
    ...tagOperations(context),
  }
  return {
    service: {
      protocol: 'json-1.1',
      targetPrefix: 'AmazonEC2ContainerServiceV20141113',
      operations: throttled(operations, () => clock.now().getTime()),
    },
    async close() {
      await scheduler.close()
      await runner.close()
      state.save()
    },
  }
}
