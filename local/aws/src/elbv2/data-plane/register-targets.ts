import type { EmulatorClock } from '../../clock.ts'
import type { Target } from '../load-balancing.ts'
import type { RegisteredTarget, TargetGroup } from '../model.ts'
import type { TargetConnections } from './forward.ts'
import { type HealthChecks, setState } from './health-checks.ts'

/**
 * Requests are real and take wall time: however fast the emulated hour goes, they get this much of it to finish.
 * It costs nothing when none is under way, for draining ends then.
 */
const leastDrainMilliseconds = 10_000

/** Adds a target; one that drains comes back as new. */
export function registerTarget(group: TargetGroup, target: Target, checks: HealthChecks, isKept = false): void {
  const key = targetKey(target)
  const known = group.targets.get(key)
  if (known && known.state !== 'draining') return
  const registered: RegisteredTarget = { target, state: 'initial', passed: 0, failed: 0, inFlight: 0, isKept }
  group.targets.set(key, registered)
  checks.update(group)
}

/** What draining works with. */
export interface DrainPorts {
  readonly checks: HealthChecks
  readonly connections: TargetConnections
  readonly clock: EmulatorClock
}

/** Drains a target and removes it: when its last request is over, at the latest after the deregistration delay. */
export function drainTarget(group: TargetGroup, registered: RegisteredTarget, ports: DrainPorts): Promise<void> {
  registered.draining ??= drain(group, registered, ports)
  return registered.draining
}

async function drain(group: TargetGroup, registered: RegisteredTarget, ports: DrainPorts): Promise<void> {
  ports.checks.stop(registered)
  setState(registered, 'draining', 'Target.DeregistrationInProgress', 'Target deregistration is in progress')
  const delay = Number(group.attributes.get('deregistration_delay.timeout_seconds') ?? 300) * 1000
  const wall = Math.max(ports.clock.scale(delay), Math.min(delay, leastDrainMilliseconds))
  const idle = whenIdle(registered)
  const over = new AbortController()
  const late = ports.clock.sleep(wall / ports.clock.scale(1), over.signal).catch(() => undefined)
  await Promise.race([idle, late])
  over.abort()
  const key = targetKey(registered.target)
  if (group.targets.get(key) === registered) group.targets.delete(key)
  void idle.then(() => ports.connections.close(registered))
}

/** A target's place in its group. */
export function targetKey(target: { readonly id: string; readonly port: number }): string {
  return `${target.id}:${target.port}`
}

function whenIdle(registered: RegisteredTarget): Promise<void> {
  if (registered.inFlight === 0) return Promise.resolve()
  return new Promise((resolve) => {
    registered.onIdle = resolve
  })
}
