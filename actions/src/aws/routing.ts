import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Routing, WeightedTarget } from '@sluice/core/rollout/preflight'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'

export interface ListenerRule {
  readonly targets: readonly WeightedTarget[]
  /** Where a client reaches it: `http(s)://host[:port]`. */
  readonly url: string
  /** `app/<name>/<id>`, the LoadBalancer dimension of its metrics. */
  readonly loadBalancer: string
}

/** Reads a listener rule with its listener and load balancer. Rejects when there is none. */
export async function readListenerRule(elb: ElasticLoadBalancingV2Client, ruleArn: string): Promise<ListenerRule> {
  const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }))
  const rule = Rules?.[0]
  if (!rule) throw new Error(`expected the listener rule ${ruleArn}, found none`)
  const listenerArn = listenerArnOf(ruleArn)
  const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }))
  const listener = Listeners?.[0]
  if (listener?.LoadBalancerArn == null || listener.Port == null)
    throw new Error(`expected the listener ${listenerArn}, found none`)
  const { LoadBalancers } = await elb.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: [listener.LoadBalancerArn] }),
  )
  const host = hostOf(rule) ?? LoadBalancers?.[0]?.DNSName
  if (host == null) throw new Error(`expected the load balancer ${listener.LoadBalancerArn}, found none`)
  const scheme = listener.Protocol === 'HTTPS' ? 'https' : 'http'
  return {
    targets: targetsOf(rule),
    url: new URL(`${scheme}://${host}:${listener.Port}`).origin,
    loadBalancer: dimensionOf(listener.LoadBalancerArn),
  }
}

/** `…:listener-rule/app/name/lb/listener/rule` belongs to `…:listener/app/name/lb/listener`. */
function listenerArnOf(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '')
}

/** What ELBv2's metrics are dimensioned by: the end of the ARN. */
export function dimensionOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1).replace(/^loadbalancer\//, '')
}

function hostOf({ Conditions = [] }: Rule): string | undefined {
  const hosts = Conditions.flatMap(({ HostHeaderConfig, Values, Field }) =>
    Field === 'host-header' ? (HostHeaderConfig?.Values ?? Values ?? []) : [],
  )
  return hosts.find((host) => !/[*?]/.test(host))
}

/** A rule with one plain target group sends it everything; ECS rewrites it with weights at its first shift. */
function targetsOf({ Actions = [] }: Rule): readonly WeightedTarget[] {
  const forward = Actions.find(({ Type }) => Type === 'forward')
  const weighted = forward?.ForwardConfig?.TargetGroups ?? []
  if (weighted.length === 0)
    return forward?.TargetGroupArn == null ? [] : [{ targetGroupArn: forward.TargetGroupArn, weight: 1 }]
  return weighted.map(({ TargetGroupArn = '', Weight }) => ({ targetGroupArn: TargetGroupArn, weight: Weight ?? 1 }))
}

/** Both rules of a service with the health of their targets; `undefined` for a service without traffic. */
export async function readRouting(
  elb: ElasticLoadBalancingV2Client,
  { loadBalancing }: TaskSkeleton,
  servingByRevision: string | undefined,
): Promise<Routing | undefined> {
  if (!loadBalancing) return undefined
  const production = await readListenerRule(elb, loadBalancing.productionListenerRule)
  const test = await readListenerRule(elb, loadBalancing.testListenerRule)
  const healthyTargets: Record<string, number> = {}
  for (const arn of [loadBalancing.targetGroupArn, loadBalancing.alternateTargetGroupArn])
    healthyTargets[arn] = (await readTargetHealth(elb, arn)).filter(({ state }) => state === 'healthy').length
  return { production: production.targets, test: test.targets, healthyTargets, servingByRevision }
}

export async function readTargetHealth(elb: ElasticLoadBalancingV2Client, targetGroupArn: string) {
  const { TargetHealthDescriptions } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  )
  return (TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
    targetGroup: dimensionOf(targetGroupArn),
    target: `${Target?.Id ?? '?'}:${Target?.Port ?? '?'}`,
    state: TargetHealth?.State ?? 'unknown',
    reason: [TargetHealth?.Reason, TargetHealth?.Description].filter(Boolean).join(': ') || undefined,
  }))
}
