import type { WeightedTargetGroup } from '../load-balancing.ts'
import type { RegisteredTarget, TargetGroup } from '../model.ts'

/**
 * The target group that takes a request, by weight. `undefined` when every weight is 0.
 * @param random From 0 (inclusive) to 1.
 */
export function chooseTargetGroup(groups: readonly WeightedTargetGroup[], random: number): string | undefined {
  // AWS: a single target group takes everything, whatever its weight.
  if (groups.length === 1) return groups[0]?.targetGroupArn
  let total = 0
  for (const group of groups) total += group.weight
  let left = random * total
  for (const group of groups) {
    left -= group.weight
    if (left < 0) return group.targetGroupArn
  }
  return undefined
}

/**
 * The next target in turn, of the healthy ones. When none is healthy, all that are registered take their turn ("fail
 * open"), but none that drains. `undefined` when the group is empty.
 */
export function chooseTarget(group: TargetGroup): RegisteredTarget | undefined {
  const registered = [...group.targets.values()].filter((target) => target.state !== 'draining')
  const healthy = registered.filter((target) => target.state === 'healthy')
  const candidates = healthy.length > 0 ? healthy : registered
  group.turn = (group.turn + 1) % Math.max(candidates.length, 1)
  return candidates[group.turn]
}
