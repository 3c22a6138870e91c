import { Fn, Stack } from 'aws-cdk-lib'
import { CfnListenerRule, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { adoptionOf } from '@sluice/core/environment/adopt'
import { names } from '@sluice/core/names'
import { namesOf, originHosts, serviceHost } from '../edge/entry.ts'
import { networkExports } from '../network/exports.ts'
import type { ServiceSubject } from './service-subject.ts'
import { drainSeconds, probe } from './health.ts'
import { fullNameOf } from './load-balancer.ts'

export interface RoutedGroup {
  readonly arn: string
  /** `targetgroup/<name>/<id>`, as CloudWatch calls it. */
  readonly fullName: string
}

/** The two target groups of a web service and the ARNs of the two rules that lead to them. */
export interface Routing {
  readonly blue: RoutedGroup
  readonly green: RoutedGroup
  readonly productionRule: string
  readonly testRule: string
}

/**
 * The production rule is written once and frozen: ECS owns its weights from the first rollout on, and an update of the
 * template would send all traffic back to blue, where nothing may run any more (aws/aws-cdk#36649). Both groups stand in both
 * rules, because a group that no rule names is not probed and never gets healthy. An adopted service keeps the group and the rule that
 * its traffic goes through; what it lacks for a shift is made beside them.
 */
export function addRouting(
  scope: Construct,
  { environment, name }: ServiceSubject,
  listeners: { readonly production: string; readonly test: string; readonly priority: number },
): Routing {
  const adopted = adoptionOf(environment, Stack.of(scope).region)?.services[name]
  const group = (side: 'blue' | 'green', known: string | undefined): RoutedGroup => {
    if (known != null) return { arn: known, fullName: fullNameOf(known) }
    const made = new CfnTargetGroup(scope, `${name}-${side}`, {
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
    return { arn: made.ref, fullName: made.attrTargetGroupFullName }
  }
  const blue = group('blue', adopted?.targetGroup)
  const green = group('green', adopted?.alternateTargetGroup)
  const { domain } = environment.environment.edge
  const named = namesOf(environment)
  // The second name is Route 53's, which checks the service's health in this region; rules are written once, hence for good.
  const hosts =
    domain == null
      ? []
      : [serviceHost({ domain }, name), ...(named ? [originHosts(named).service(Stack.of(scope).region, name)] : [])]
  const rule = (id: string, listenerArn: string, weights: readonly [blue: number, green: number]) =>
    new CfnListenerRule(scope, id, {
      listenerArn,
      priority: listeners.priority,
      conditions: [
        hosts.length === 0
          ? { field: 'path-pattern', pathPatternConfig: { values: ['/*'] } }
          : { field: 'host-header', hostHeaderConfig: { values: hosts } },
      ],
      actions: [
        {
          type: 'forward',
          forwardConfig: {
            targetGroups: [
              { targetGroupArn: blue.arn, weight: weights[0] },
              { targetGroupArn: green.arn, weight: weights[1] },
            ],
          },
        },
      ],
    }).ref
  return {
    blue,
    green,
    productionRule: adopted?.productionRule ?? rule(`${name}-production`, listeners.production, [100, 0]),
    testRule: adopted?.testRule ?? rule(`${name}-test`, listeners.test, [100, 0]),
  }
}
