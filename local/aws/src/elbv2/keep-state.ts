import { readJsonFile, writeJsonFile } from '../json-file.ts'
import type { Target } from './load-balancing.ts'
import type { Listener, LoadBalancer, RegisteredTarget, TargetGroup } from './model.ts'
import type { LoadBalancingState } from './state.ts'

type Pairs = ReadonlyArray<readonly [string, string]>

interface KeptState {
  readonly loadBalancers: ReadonlyArray<
    Omit<LoadBalancer, 'attributes' | 'createdAt'> & { attributes: Pairs; createdAt: string }
  >
  readonly targetGroups: ReadonlyArray<
    Omit<TargetGroup, 'attributes' | 'targets'> & { attributes: Pairs; targets: readonly Target[] }
  >
  readonly listeners: ReadonlyArray<Omit<Listener, 'loadBalancer'> & { loadBalancer: string }>
  readonly tags: ReadonlyArray<readonly [string, Pairs]>
}

/** Writes what outlives this process: everything but the targets that ECS registers again by itself. */
export function saveState(file: string, state: LoadBalancingState): void {
  const kept: KeptState = {
    loadBalancers: [...state.loadBalancers.values()].map((loadBalancer) => ({
      ...loadBalancer,
      attributes: [...loadBalancer.attributes],
      createdAt: loadBalancer.createdAt.toISOString(),
    })),
    targetGroups: [...state.targetGroups.values()].map((group) => ({
      ...group,
      attributes: [...group.attributes],
      targets: [...group.targets.values()]
        .filter(({ isKept, state }) => isKept === true && state !== 'draining')
        .map(({ target }) => target),
    })),
    listeners: [...state.listeners.values()].map((listener) => ({
      ...listener,
      loadBalancer: listener.loadBalancer.arn,
    })),
    tags: [...state.tags].map(([arn, tags]) => [arn, [...tags]] as const),
  }
  writeJsonFile(file, kept)
}

/** Reads what a former process left. Throws an Error that names the file when it is not a state of load balancers. */
export function restoreState(file: string, state: LoadBalancingState): void {
  const kept = readJsonFile(file) as KeptState | undefined
  if (!kept) return
  for (const { attributes, createdAt, ...loadBalancer } of kept.loadBalancers) {
    const whole = { ...loadBalancer, attributes: new Map(attributes), createdAt: new Date(createdAt) }
    state.loadBalancers.set(loadBalancer.arn, whole)
  }
  for (const { attributes, targets, ...group } of kept.targetGroups) {
    const registered = targets.map((target): [string, RegisteredTarget] => [
      `${target.id}:${target.port}`,
      { target, state: 'unused', passed: 0, failed: 0, inFlight: 0, isKept: true },
    ])
    state.targetGroups.set(group.arn, {
      ...group,
      attributes: new Map(attributes),
      targets: new Map(registered),
    })
  }
  for (const { loadBalancer, ...listener } of kept.listeners) {
    state.listeners.set(listener.arn, { ...listener, loadBalancer: state.loadBalancer(loadBalancer) })
  }
  for (const [arn, tags] of kept.tags) state.tags.set(arn, new Map(tags))
}
