import type { EmulatorClock } from '../../clock.ts'
import type { AlarmState } from '../metric-store.ts'
import { queryMetrics } from '../query-metrics.ts'
import type { SampleStore } from '../sample-store.ts'
import type { AlarmRecord, MetricAlarmRecord } from './alarm-record.ts'
import { evaluateAlarm, evaluateRule, type Verdict } from './evaluate-alarm.ts'

/**
 * No period of an alarm is shorter, however fast the emulated hour goes: in less, one hiccup of a busy machine would be a trend.
 * Samples are kept by the second, so periods are whole seconds.
 */
const shortestPeriodMilliseconds = 2000

/** How alarms come to their state, and tell it. */
export interface AlarmPorts {
  readonly clock: EmulatorClock
  readonly store: SampleStore
  readonly region: string
  readonly account: string
  readonly notify: (topicArn: string, message: string) => void
  /** Alarms have changed. */
  readonly changed: () => void
}

/** Looks at every alarm once in each of its periods. */
export class AlarmWatch {
  readonly alarms = new Map<string, AlarmRecord>()
  readonly #ports: AlarmPorts
  readonly #stops = new Map<string, AbortController>()

  constructor(ports: AlarmPorts) {
    this.#ports = ports
  }

  put(alarm: AlarmRecord): void {
    this.delete(alarm.name)
    this.alarms.set(alarm.name, alarm)
    const stop = new AbortController()
    this.#stops.set(alarm.name, stop)
    void this.#watch(alarm, stop.signal)
    this.#ports.changed()
  }

  delete(name: string): void {
    this.#stops.get(name)?.abort()
    this.#stops.delete(name)
    if (this.alarms.delete(name)) this.#ports.changed()
  }

  close(): void {
    for (const stop of this.#stops.values()) stop.abort()
  }

  /** Sets a state and takes its actions, when it is another than before. */
  set(alarm: AlarmRecord, { state, reason }: Verdict): void {
    if (alarm.state === state) return
    const old = alarm.state
    alarm.state = state
    alarm.reason = reason
    alarm.stateUpdatedAt = this.#ports.clock.now()
    this.#ports.changed()
    if (!alarm.actionsEnabled) return
    const topics = alarm.actions[state].filter((action) => action.split(':')[2] === 'sns')
    for (const topic of topics) this.#ports.notify(topic, this.#message(alarm, old))
  }

  async #watch(alarm: AlarmRecord, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    const wall = alarm.kind === 'metric' ? this.#wallPeriod(alarm.periodSeconds) : shortestPeriodMilliseconds
    const emulated = wall / clock.scale(1)
    while (!signal.aborted) {
      try {
        await clock.sleep(emulated, signal)
      } catch {
        return
      }
      this.evaluate(alarm)
    }
  }

  evaluate(alarm: AlarmRecord): void {
    if (alarm.kind === 'metric') {
      this.set(alarm, evaluateAlarm(alarm, this.#values(alarm)))
      return
    }
    const isAlarm = evaluateRule(alarm.rule, (name) => this.alarms.get(name)?.state)
    const reason = `${alarm.arn} is ${isAlarm ? 'in' : 'out of'} alarm by its rule: ${alarm.rule}`
    this.set(alarm, { state: isAlarm ? 'ALARM' : 'OK', reason })
  }

  #values(alarm: MetricAlarmRecord): Array<number | undefined> {
    const count = Math.max(alarm.evaluationPeriods, alarm.datapointsToAlarm)
    const period = this.#wallPeriod(alarm.periodSeconds)
    // The period that is under way is not judged.
    const until = Math.floor(this.#ports.clock.now().getTime() / period) * period
    const window = { from: until - count * period, until, period }
    const results = queryMetrics(this.#ports.store, alarm.queries, () => window)
    const points = results.find(({ id }) => id === alarm.returned)?.points
    return Array.from({ length: count }, (_, index) => points?.get(window.from + index * period))
  }

  #wallPeriod(seconds: number): number {
    const given = seconds * 1000
    const scaled = Math.round(this.#ports.clock.scale(given) / 1000) * 1000
    return Math.max(scaled, Math.min(given, shortestPeriodMilliseconds))
  }

  /** What CloudWatch publishes to SNS. */
  #message(alarm: AlarmRecord, old: AlarmState): string {
    const common = {
      AlarmName: alarm.name,
      AlarmDescription: alarm.description ?? null,
      AWSAccountId: this.#ports.account,
      AlarmArn: alarm.arn,
      NewStateValue: alarm.state,
      NewStateReason: alarm.reason,
      StateChangeTime: alarm.stateUpdatedAt.toISOString(),
      Region: this.#ports.region,
      OldStateValue: old,
    }
    return JSON.stringify(
      alarm.kind === 'metric' ? { ...common, Trigger: alarm.given } : { ...common, AlarmRule: alarm.rule },
    )
  }
}
