import type { LoadBalancer } from '@aws-sdk/client-ecs'
import type { WeightedTargetGroup } from '../../elbv2/load-balancing.ts'
import type { RevisionRecord } from '../records.ts'

/** The target group that a revision's tasks stand in, for one load balancer of the service. */
export function targetGroupOf(balancer: LoadBalancer, side: RevisionRecord['side']): string {
  const alternate = balancer.advancedConfiguration?.alternateTargetGroupArn
  return side === 'alternate' && alternate != null ? alternate : (balancer.targetGroupArn ?? '')
}

/** The side on which a new revision stands: beside the one that serves when it has two groups to choose from, else with it. */
export function chooseSide(
  strategy: string,
  balancers: readonly LoadBalancer[],
  serving: RevisionRecord | undefined,
): RevisionRecord['side'] {
  const [first] = balancers
  const [servingFirst] = serving?.loadBalancers ?? []
  if (!first || !serving || !servingFirst) return 'primary'
  const servesFrom = targetGroupOf(servingFirst, serving.side)
  const servesPrimary = servesFrom === first.targetGroupArn
  if (strategy === 'ROLLING') return servesPrimary ? 'primary' : serving.side
  return servesPrimary ? 'alternate' : 'primary'
}

/**
 * The weights of a rule when `percent` goes to the target revision, in the order in which the service declares the
 * groups. ELBv2 knows whole weights from 0 to 999, so tenths of a percent are written in thousandths.
 */
export function ruleWeights(balancer: LoadBalancer, targetSide: RevisionRecord['side'], percent: number) {
  const scale = Number.isInteger(percent) ? 1 : 10
  const target = Math.round(percent * scale)
  const other = 100 * scale - target
  const alternate = balancer.advancedConfiguration?.alternateTargetGroupArn ?? ''
  const primary = balancer.targetGroupArn ?? ''
  return [
    { targetGroupArn: primary, weight: targetSide === 'primary' ? target : other },
    { targetGroupArn: alternate, weight: targetSide === 'alternate' ? target : other },
  ] satisfies WeightedTargetGroup[]
}

/** What is wrong with a service's listener rules at the start of a deployment that shifts traffic, or `undefined`. */
export function ruleProblem(
  balancer: LoadBalancer,
  weightsOf: (ruleArn: string) => readonly WeightedTargetGroup[],
): string | undefined {
  const {
    alternateTargetGroupArn,
    productionListenerRule = '',
    testListenerRule,
  } = balancer.advancedConfiguration ?? {}
  const own = [balancer.targetGroupArn, alternateTargetGroupArn]
  let production: readonly WeightedTargetGroup[]
  let test: readonly WeightedTargetGroup[]
  try {
    production = weightsOf(productionListenerRule)
    test = testListenerRule == null ? [] : weightsOf(testListenerRule)
  } catch (error) {
    return (error as Error).message
  }
  const serving = production.filter(({ weight }) => weight > 0)
  const problems = [
    ...(serving.length === 1
      ? []
      : [
          `Production listener rule ${productionListenerRule} should have exactly one target group serving traffic but found ${serving.length}`,
        ]),
    ...[...production, ...test]
      .filter(({ targetGroupArn }) => !own.includes(targetGroupArn))
      .map(({ targetGroupArn }) => `Target group ${targetGroupArn} does not belong to the service`),
    ...own
      .filter((arn) => ![...production, ...test].some(({ targetGroupArn }) => targetGroupArn === arn))
      .map((arn) => `Target group ${String(arn)} is in none of the service's listener rules`),
  ]
  return problems.length === 0 ? undefined : problems.join('. ')
}
