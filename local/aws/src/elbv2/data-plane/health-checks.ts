import type { EmulatorClock } from '../../clock.ts'
import type { HealthCheck, RegisteredTarget, TargetGroup } from '../model.ts'
import { type ProbeResult, probeTarget } from './probe-target.ts'

/**
 * A busy machine answers late; a scaled time limit of some milliseconds would call that unhealthy.
 * The interval is floored too, so that a high speed does not become a load of its own.
 */
const floors = { timeoutMilliseconds: 3000, intervalMilliseconds: 100 }

/** Probes each target of the groups in use for as long as it is registered. */
export class HealthChecks {
  readonly #clock: EmulatorClock
  readonly #isInUse: (group: TargetGroup) => boolean
  readonly #probe: typeof probeTarget
  readonly #stops = new Map<RegisteredTarget, AbortController>()

  constructor(clock: EmulatorClock, isInUse: (group: TargetGroup) => boolean, probe = probeTarget) {
    this.#clock = clock
    this.#isInUse = isInUse
    this.#probe = probe
  }

  /** Begins, goes on or ends probing, after targets or rules have changed. */
  update(group: TargetGroup): void {
    const isInUse = this.#isInUse(group)
    for (const target of group.targets.values()) {
      if (target.state === 'draining') this.stop(target)
      else if (!isInUse) {
        this.stop(target)
        setState(
          target,
          'unused',
          'Target.NotInUse',
          'Target group is not configured to receive traffic from the load balancer',
        )
      } else if (!this.#stops.has(target)) this.#begin(group, target)
    }
  }

  stop(target: RegisteredTarget): void {
    this.#stops.get(target)?.abort()
    this.#stops.delete(target)
  }

  close(): void {
    for (const target of this.#stops.keys()) this.stop(target)
  }

  #begin(group: TargetGroup, target: RegisteredTarget): void {
    target.passed = 0
    target.failed = 0
    setState(target, 'initial', 'Elb.RegistrationInProgress', 'Target registration is in progress')
    const stop = new AbortController()
    this.#stops.set(target, stop)
    void this.#watch(group, target, stop.signal)
  }

  async #watch(group: TargetGroup, target: RegisteredTarget, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const check = group.healthCheck
      const given = check.timeoutSeconds * 1000
      const timeout = Math.max(this.#clock.scale(given), Math.min(given, floors.timeoutMilliseconds))
      const result: ProbeResult = check.enabled ? await this.#probe(target.target, check, timeout) : { passed: true }
      // Deregistered meanwhile: what this check found is of no interest any more.
      if (signal.aborted) return
      judge(target, check, result)
      const interval = Math.max(check.intervalSeconds * 1000, floors.intervalMilliseconds / this.#clock.scale(1))
      try {
        await this.#clock.sleep(interval, signal)
      } catch {
        return
      }
    }
  }
}

/** What a check's outcome makes of a target. The first pass after registration suffices; later ones need the threshold. */
export function judge(target: RegisteredTarget, check: HealthCheck, result: ProbeResult): void {
  if (result.passed) {
    target.passed += 1
    target.failed = 0
    if (target.state === 'initial' || target.passed >= check.healthyThreshold) setState(target, 'healthy')
    return
  }
  target.failed += 1
  target.passed = 0
  if (target.failed >= check.unhealthyThreshold) setState(target, 'unhealthy', result.reason, result.description)
  else if (target.state === 'initial') {
    setState(target, 'initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress')
  }
}

export function setState(
  target: RegisteredTarget,
  state: RegisteredTarget['state'],
  reason?: string,
  description?: string,
): void {
  target.state = state
  delete target.reason
  delete target.description
  if (reason !== undefined) target.reason = reason
  if (description !== undefined) target.description = description
}
