import { randomBytes } from 'node:crypto'

import { AwsError } from '../endpoint/service.ts'
import type { Listener, LoadBalancer, Rule, TargetGroup } from './model.ts'

/** Everything that ELBv2 knows, with AWS's errors for what it does not know. */
export class LoadBalancingState {
  readonly loadBalancers = new Map<string, LoadBalancer>()
  readonly targetGroups = new Map<string, TargetGroup>()
  readonly listeners = new Map<string, Listener>()
  readonly tags = new Map<string, Map<string, string>>()
  readonly #prefix: string

  constructor(region: string, account: string) {
    this.#prefix = `arn:aws:elasticloadbalancing:${region}:${account}:`
  }

  arn(resource: string): string {
    return this.#prefix + resource
  }

  /** The 16 hexadecimal digits at the end of AWS's ARNs. */
  id(): string {
    return randomBytes(8).toString('hex')
  }

  loadBalancer(arn: string): LoadBalancer {
    const found = this.loadBalancers.get(arn)
    if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${arn}]' not found`)
    return found
  }

  targetGroup(arn: string): TargetGroup {
    const found = this.targetGroups.get(arn)
    if (!found) throw new AwsError('TargetGroupNotFound', `Target groups '[${arn}]' not found`)
    return found
  }

  listener(arn: string): Listener {
    const found = this.listeners.get(arn)
    if (!found) throw new AwsError('ListenerNotFound', `Listeners '[${arn}]' not found`)
    return found
  }

  /** A rule and its listener; a listener's own ARN stands for its default rule. */
  rule(arn: string): { readonly listener: Listener; readonly rule: Rule } {
    for (const listener of this.listeners.values()) {
      const rule = listener.rules.find((candidate) =>
        listener.arn === arn ? candidate.priority === 'default' : candidate.arn === arn,
      )
      if (rule) return { listener, rule }
    }
    throw new AwsError('RuleNotFound', `Rules '[${arn}]' not found`)
  }

  /** The load balancers whose rules name a target group, with whatever weight. */
  usersOf(targetGroupArn: string): LoadBalancer[] {
    const users = [...this.listeners.values()].filter((listener) =>
      listener.rules.some(
        ({ action }) =>
          action.type === 'forward' && action.targetGroups.some((group) => group.targetGroupArn === targetGroupArn),
      ),
    )
    return [...new Set(users.map((listener) => listener.loadBalancer))]
  }

  forgetTags(arn: string): void {
    this.tags.delete(arn)
  }
}

/** Sorts a listener's rules as they are tried. */
export function byPriority(rules: readonly Rule[]): Rule[] {
  const rank = (rule: Rule) => (rule.priority === 'default' ? Number.MAX_SAFE_INTEGER : rule.priority)
  return [...rules].sort((one, other) => rank(one) - rank(other))
}
