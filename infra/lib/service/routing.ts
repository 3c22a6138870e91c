import { Fn } from 'aws-cdk-lib'
import { CfnListenerRule, CfnTargetGroup, type CfnListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { networkExports } from '../network/exports.ts'
import type { ServiceSubject } from '../stacks/service-stack.ts'
import { drainSeconds, probe } from './health.ts'

/** The two target groups of a web service and the two rules that lead to them. */
export interface Routing {
  readonly blue: CfnTargetGroup
  readonly green: CfnTargetGroup
  readonly productionRule: CfnListenerRule
  readonly testRule: CfnListenerRule
}

/**
 * The production rule is written once and frozen: ECS owns its weights from the first rollout on, and an update of the
 * template would send all traffic back to blue, where nothing may run any more (aws/aws-cdk#36649). Both groups stand in both
 * rules, because a group that no rule names is not probed and never gets healthy.
 */
export function addRouting(
  scope: Construct,
  { environment, name }: ServiceSubject,
  listeners: { readonly production: CfnListener; readonly test: CfnListener; readonly priority: number },
): Routing {
  const group = (side: 'blue' | 'green') =>
    new CfnTargetGroup(scope, `${name}-${side}`, {
      name: names.targetGroup(environment.name, name, side),
      port: 8080,
      protocol: 'HTTP',
      targetType: 'ip',
      vpcId: Fn.importValue(networkExports(environment.name).vpc),
      healthCheckPath: '/health/ready',
      healthCheckIntervalSeconds: probe.intervalSeconds,
      healthCheckTimeoutSeconds: probe.timeoutSeconds,
      healthyThresholdCount: probe.healthyCount,
      unhealthyThresholdCount: probe.unhealthyCount,
      matcher: { httpCode: '200' },
      targetGroupAttributes: [{ key: 'deregistration_delay.timeout_seconds', value: String(drainSeconds) }],
    })
  const blue = group('blue')
  const green = group('green')
  const { domain } = environment.environment.edge
  const rule = (id: string, listener: CfnListener, weights: readonly [blue: number, green: number]) =>
    new CfnListenerRule(scope, id, {
      listenerArn: listener.ref,
      priority: listeners.priority,
      conditions: [
        domain == null
          ? { field: 'path-pattern', pathPatternConfig: { values: ['/*'] } }
          : { field: 'host-header', hostHeaderConfig: { values: [`${name}.${domain}`] } },
      ],
      actions: [
        {
          type: 'forward',
          forwardConfig: {
            targetGroups: [
              { targetGroupArn: blue.ref, weight: weights[0] },
              { targetGroupArn: green.ref, weight: weights[1] },
            ],
          },
        },
      ],
    })
  return {
    blue,
    green,
    productionRule: rule(`${name}-production`, listeners.production, [100, 0]),
    testRule: rule(`${name}-test`, listeners.test, [100, 0]),
  }
}
