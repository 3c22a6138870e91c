import type { LoadBalancing } from '../../elbv2/load-balancing.ts'
import { isOver, strategyOf } from '../deployment/deployment-record.ts'
import type { ServiceRecord } from '../records.ts'
import { revisionOf } from './record-event.ts'
import { ruleWeights, targetGroupOf } from './target-groups.ts'

/** How long, in real time, a service waits after a restart for its load balancers to be there again. */
export const restoreMilliseconds = 60_000

/**
 * After a restart: whether the service may be looked after yet. Its load balancers may come back later than it does, and
 * with the weights of their templates; ECS owns the weights, so it sets them as they were once the rules are there.
 */
export function restoreTraffic(service: ServiceRecord, balancing: LoadBalancing, at: number): boolean {
  if (service.restoreUntil == null) return true
  const deployment = service.deployments.at(-1)
  const shifts = deployment && !isOver(deployment) && strategyOf(deployment) !== 'ROLLING' ? deployment : undefined
  const owner = revisionOf(service, shifts?.target ?? service.primary)
  const weights = shifts?.weights ?? { production: 100, test: 100 }
  // A service that has only ever rolled in one target group has had no weights set; a first deployment has none yet.
  const owns = service.deployments.some((one) => strategyOf(one) !== 'ROLLING') && (!shifts || shifts.candidate != null)
  try {
    for (const balancer of owner.loadBalancers) {
      balancing.health(targetGroupOf(balancer, owner.side))
      const { productionListenerRule, testListenerRule } = balancer.advancedConfiguration ?? {}
      for (const [rule, percent] of [
        [productionListenerRule, weights.production],
        [testListenerRule, weights.test],
      ] as const) {
        if (owns && rule != null) balancing.setWeights(rule, ruleWeights(balancer, owner.side, percent))
      }
    }
  } catch {
    if (at < service.restoreUntil) return false
  }
  delete service.restoreUntil
  return true
}
