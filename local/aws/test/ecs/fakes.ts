import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { EmulatorClock } from '../../src/clock.ts'
import type { AlarmState } from '../../src/cloudwatch/metric-store.ts'
import { createEcs } from '../../src/ecs/create-ecs.ts'
import type {
  LoadBalancing,
  Target,
  TargetHealth,
  TargetState,
  WeightedTargetGroup,
} from '../../src/elbv2/load-balancing.ts'
import { AwsError, type Call } from '../../src/endpoint/service.ts'
import type { ContainerExit, ContainerSpec, ImageStore, TaskRuntime } from '../../src/runtime/task-runtime.ts'

/** A clock that stands still until it is moved. */
export function fakeClock(speed = 1) {
  let time = Date.UTC(2026, 0, 1)
  const sleepers = new Set<{ until: number; wake: () => void }>()
  const clock: EmulatorClock = {
    now: () => new Date(time),
    scale: (milliseconds) => milliseconds / speed,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error)
        const sleeper = { until: time + milliseconds / speed, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason as Error)
        })
      }),
  }
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    ...clock,
    async advance(milliseconds: number) {
      await settle()
      time += milliseconds
      for (const sleeper of sleepers) {
        if (sleeper.until > time) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await settle()
    },
    settle,
  }
}

/** What a container of an image does. */
export interface Behaviour {
  /** Exits by itself this way, at once. */
  exits?: ContainerExit
  /** Cannot be started, for this reason. */
  refuses?: string
  /** What its target group's checks find. */
  health?: TargetState
  /** There is no such image. */
  missing?: boolean
}

/** A runtime, an image store and load balancers in memory. Images behave as `behaviours` says, by repository. */
export function fakeWorld() {
  const behaviours = new Map<string, Behaviour>()
  const specs: ContainerSpec[] = []
  const running = new Map<string, { spec: ContainerSpec; exit: (exit: ContainerExit) => void }>()
  const rules = new Map<string, readonly WeightedTargetGroup[]>()
  const weightHistory: Array<{ rule: string; weights: readonly WeightedTargetGroup[] }> = []
  const groups = new Map<string, Map<string, { target: Target; draining?: boolean }>>()
  const alarms = new Map<string, AlarmState>()
  const order: string[] = []
  const logs: Array<{ group: string; stream: string; line: string }> = []
  const repository = (reference: string) => reference.split('@')[0]?.split(':')[0] ?? ''
  const behaviourOf = (reference: string) => behaviours.get(repository(reference)) ?? {}

  const runtime: TaskRuntime = {
    name: 'process',
    sweep: () => Promise.resolve(),
    start(spec) {
      const { refuses, exits } = behaviourOf(spec.image.reference)
      if (refuses != null) return Promise.reject(new Error(refuses))
      specs.push(spec)
      order.push(`start ${spec.id}`)
      let exit: (exit: ContainerExit) => void = () => undefined
      const exited = new Promise<ContainerExit>((resolve) => {
        exit = (value) => {
          running.delete(spec.id)
          resolve(value)
        }
      })
      running.set(spec.id, { spec, exit })
      if (exits) exit(exits)
      return Promise.resolve({
        exited,
        stop() {
          order.push(`stop ${spec.id}`)
          exit({ exitCode: 0 })
          return exited
        },
      })
    },
  }
  const images: ImageStore = {
    image(reference) {
      if (behaviourOf(reference).missing) {
        return Promise.reject(new Error(`CannotPullContainerError: ref pull has been retried 1 time(s): ${reference}`))
      }
      const digest = `sha256:${Buffer.from(repository(reference)).toString('hex').padEnd(64, '0').slice(0, 64)}`
      return Promise.resolve({ reference, digest, config: {}, layers: [] })
    },
  }
  const healthOf = (id: string): TargetState => {
    const entry = [...running.values()].find(({ spec }) => spec.id.startsWith(`${id}-`) && spec.port != null)
    return entry ? (behaviourOf(entry.spec.image.reference).health ?? 'healthy') : 'unhealthy'
  }
  const balancing: LoadBalancing = {
    register(arn, target) {
      order.push(`register ${target.id}`)
      groups.set(arn, (groups.get(arn) ?? new Map()).set(target.id, { target }))
    },
    async deregister(arn, id) {
      order.push(`deregister ${id}`)
      groups.get(arn)?.delete(id)
      await Promise.resolve()
    },
    health: (arn) =>
      [...(groups.get(arn)?.values() ?? [])].map(({ target }): TargetHealth => ({
        target,
        state: healthOf(target.id),
      })),
    weights(rule) {
      const weights = rules.get(rule)
      if (!weights) throw new AwsError('RuleNotFound', `One or more rules not found: ${rule}`)
      return weights
    },
    setWeights(rule, weights) {
      balancing.weights(rule)
      rules.set(rule, weights)
      weightHistory.push({ rule, weights })
    },
  }
  return { behaviours, specs, running, rules, weightHistory, groups, alarms, order, logs, runtime, images, balancing }
}
export type FakeWorld = ReturnType<typeof fakeWorld>

export const call: Call = {
  account: '000000000000',
  region: 'us-east-1',
  principal: { account: '000000000000', arn: 'arn:aws:iam::000000000000:root', accessKeyId: 'test' },
  requestId: 'request',
  endpoint: 'http://127.0.0.1:4566',
}

const folder = mkdtempSync(join(tmpdir(), 'ecs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An empty folder for the state of one ECS, which goes with the test file that asked for it. */
export const emptyStateFolder = (): string => mkdtempSync(join(folder, 'state-'))

/** ECS over a fake world, with operations called as the endpoint would call them. */
export function fakeEcs(world = fakeWorld(), clock = fakeClock(), stateFolder = emptyStateFolder(), readLag = 0) {
  let port = 20_000
  const ecs = createEcs({
    clock,
    stateFolder,
    region: 'us-east-1',
    account: '000000000000',
    runtime: world.runtime,
    images: world.images,
    balancing: world.balancing,
    metrics: { put: () => undefined },
    alarms: { state: (name) => world.alarms.get(name) },
    secrets: { value: (name) => (name.includes('database') ? '{"url":"postgres://secret"}' : undefined) },
    parameters: { value: (name) => (name === '/a/parameter' ? 'from ssm' : undefined) },
    agent: { environment: () => Promise.resolve({}), forget: () => undefined },
    logs: { append: (group, stream, line) => void world.logs.push({ group, stream, line }) },
    readLag,
    choosePort: () => Promise.resolve(port++),
  })
  // eslint-disable-next-line typescript/no-explicit-any -- tests read answers freely
  const send = async (operation: string, input: object = {}): Promise<any> => {
    const run = ecs.service.operations[operation]
    if (!run) throw new Error(`no operation ${operation}`)
    // The codec hands over what JSON carried.
    const answer: unknown = await run(structuredClone(input) as never, call)
    return structuredClone(answer)
  }
  return {
    ecs,
    world,
    clock,
    stateFolder,
    send,
    /** Moves time, second by second, until the condition holds. */
    until: async (what: string, condition: () => Promise<boolean> | boolean, seconds = 600) => {
      await clock.settle()
      for (let passed = 0; passed <= seconds; passed++) {
        if (await condition()) return
        await clock.advance(1000)
      }
      throw new Error(`${seconds} s passed without: ${what}`)
    },
  }
}
export type FakeEcs = ReturnType<typeof fakeEcs>
