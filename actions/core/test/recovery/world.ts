import type { Clock } from '../../src/clock.ts'
import { environmentSchema } from '../../src/environment/environment.ts'
import type { ExpectedRecovery } from '../../src/recovery/expected.ts'
import type { Execution, RegionSwitch, SwitchPlan } from '../../src/recovery/region-switch.ts'
import type { RecoveryPorts, RecoveryRequest } from '../../src/recovery/recovery-request.ts'

const t0 = Date.parse('2026-11-21T10:00:00.000Z')

export const expected: ExpectedRecovery = {
  environment: 'prod',
  read: { seconds: 34, objectiveSeconds: 60, phases: [{ name: 'another origin', seconds: 34 }] },
  write: {
    seconds: 224,
    objectiveSeconds: 300,
    phases: [
      { name: 'notice', seconds: 30 },
      { name: 'decide', seconds: 60 },
      { name: 'fail over 2 clusters at once', seconds: 120 },
      { name: 'connect again', seconds: 14 },
    ],
  },
  recoveryPoint: { objectiveSeconds: 1 },
}

/** Seconds after a start. */
export interface Course {
  /** When each cluster's writer arrives; never without. */
  readonly arrivals?: readonly (number | undefined)[]
  /** From when until when reads and writes are not answered. */
  readonly readsDown?: readonly [number, number]
  readonly writesDown?: readonly [number, number]
  /** When the plan ends, and how. */
  readonly ends?: number
  readonly state?: string
}

/**
 * Two clusters in us-east-1 and ARC in us-west-2, on a clock that moves when it is slept on. What it was asked to do stands in `starts`
 * and survives a run that dies, as AWS's memory does.
 */
export class World {
  readonly starts: { readonly region: string; readonly mode: string; readonly token: string }[] = []
  readonly lines: string[] = []
  readonly executions: { id: string; region: string; mode: 'switchover' | 'failover'; comment: string; at: number }[] =
    []
  plans: SwitchPlan[] = [{ arn: 'arn:plan:abc123', name: 'sluice-prod-us-west-2' }]
  warnings: string[] = []
  lag: readonly (number | undefined)[] = [0.2, 0.4]
  writers: (string | undefined)[] = ['us-east-1', 'us-east-1']
  /** Regions that answer nothing. */
  lost: string[] = []
  isReadable = true
  hasAddress = true
  /** Throws at this look at an execution, as a runner that is killed stops looking. */
  diesAtLook = Number.POSITIVE_INFINITY
  #looks = 0
  #now = t0
  readonly #course: Course

  constructor(course: Course = {}) {
    this.#course = { arrivals: [40, 60], ends: 70, state: 'completed', ...course }
  }

  wait(seconds: number): void {
    this.#now += seconds * 1000
  }

  readonly clock: Clock = {
    now: () => new Date(this.#now),
    sleep: async (milliseconds) => {
      this.#now += milliseconds
    },
  }

  get #seconds(): number {
    const [first] = this.executions
    return first ? (this.#now - first.at) / 1000 : -1
  }

  #isDown(window: readonly [number, number] | undefined): boolean {
    return window != null && this.#seconds >= window[0] && this.#seconds < window[1]
  }

  #execution(id: string): Execution {
    const found = this.executions.find((one) => one.id === id)
    if (!found) throw new Error(`there is no execution ${id}`)
    const { arrivals = [], ends = 0, state = 'completed' } = this.#course
    const since = (seconds: number) => new Date(found.at + seconds * 1000)
    const isOver = this.#seconds >= ends
    return {
      id,
      region: found.region,
      mode: found.mode,
      comment: found.comment,
      startedAt: new Date(found.at),
      state: isOver ? state : 'inProgress',
      ...(isOver ? { endedAt: since(ends) } : {}),
      steps: arrivals.map((at, cluster) => ({
        name: `database-${cluster}`,
        status: at != null && this.#seconds >= at ? 'completed' : 'running',
        startedAt: since(0),
        ...(at != null && this.#seconds >= at ? { endedAt: since(at) } : {}),
      })),
    }
  }

  readonly regionSwitch: RegionSwitch = {
    plans: async () => this.plans,
    warnings: async () => this.warnings,
    executions: async () => this.executions.map(({ id }) => ({ ...this.#execution(id), steps: [] })).toReversed(),
    read: async (_, id) => {
      this.#looks += 1
      if (this.#looks === this.diesAtLook) throw new Error('killed')
      return this.#execution(id)
    },
    start: async ({ region, mode, comment, token }) => {
      this.starts.push({ region, mode, token })
      const id = `execution-${this.executions.length + 1}`
      this.executions.push({ id, region, mode, comment, at: this.#now })
      return id
    },
  }

  ports(): RecoveryPorts {
    return {
      clock: this.clock,
      report: (line) => this.lines.push(line),
      regionSwitch: (region) => {
        if (this.lost.includes(region)) throw new Error(`${region} does not answer`)
        return this.regionSwitch
      },
      databases: (region) => ({
        writers: async (clusters) => {
          if (this.lost.includes(region)) throw new Error(`${region} does not answer`)
          const target = this.executions[0]?.region
          return new Map(
            clusters.map((cluster) => {
              const arrival = this.#course.arrivals?.[cluster]
              const hasArrived = target != null && arrival != null && this.#seconds >= arrival
              return [cluster, hasArrived ? target : this.writers[cluster]]
            }),
          )
        },
        lag: async (clusters) => new Map(clusters.map((cluster) => [cluster, this.lag[cluster]])),
      }),
      clients: this.hasAddress
        ? {
            read: async () => this.isReadable && !this.#isDown(this.#course.readsDown),
            write: async () => !this.#isDown(this.#course.writesDown),
          }
        : {},
    }
  }
}

export function request(change: Partial<RecoveryRequest> = {}, regions = ['us-east-1', 'us-west-2']): RecoveryRequest {
  return {
    name: 'prod',
    environment: environmentSchema.parse({
      account: '222222222222',
      regions,
      topology: { profile: 'production', physicalClusters: 2 },
    }),
    mode: 'switchover',
    region: undefined,
    reason: 'drill of the quarter',
    token: 'run-17',
    expected,
    planOnly: false,
    ...change,
  }
}
