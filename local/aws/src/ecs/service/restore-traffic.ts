import type { LoadBalancing } from '../../elbv2/load-balancing.ts'
import { isOver } from '../deployment/deployment-record.ts'
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
  const primary = revisionOf(service, service.primary)
  const deployment = service.deployments.at(-1)
  const shifting = deployment && !isOver(deployment) ? deployment : undefined
  const owner = shifting ? revisionOf(service, shifting.target) : primary
  try {
    for (const balancer of owner.loadBalancers) {
      balancing.health(targetGroupOf(balancer, owner.side))
      const { productionListenerRule, testListenerRule } = balancer.advancedConfiguration ?? {}
      const { production, test } = shifting?.weights ?? { production: 100, test: 100 }
      // A service that rolls in one target group has had no weights set, unless it shifted before.
      const owns = service.deployments.some(({ configuration }) => (configuration.strategy ?? 'ROLLING') !== 'ROLLING')
      if (!owns || (shifting && shifting.candidate == null)) continue
      for (const [rule, percent] of [
        [productionListenerRule, production],
        [testListenerRule, test],
      ] as const) {
        if (rule != null) balancing.setWeights(rule, ruleWeights(balancer, owner.side, percent))
      }
    }
  } catch {
    if (at < service.restoreUntil) return false
  }
  delete service.restoreUntil
  return true
}
