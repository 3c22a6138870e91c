import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'

import { AwsError } from '../../endpoint/service.ts'
import type { HealthCheck, RegisteredTarget, TargetGroup } from '../model.ts'
import type { LoadBalancingState } from '../state.ts'
import { isTrue, numberOr } from './input.ts'

/** ELB API reference, CreateTargetGroup, for HTTP. */
export const defaultCheck: HealthCheck = {
  enabled: true,
  path: '/',
  port: 'traffic-port',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
}

type CheckInput = Pick<
  Sdk.CreateTargetGroupCommandInput,
  | 'HealthCheckEnabled'
  | 'HealthCheckPath'
  | 'HealthCheckPort'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>

/** The health check of an input, over what is known. Throws AwsError ValidationError. */
export function readCheck(input: CheckInput, known: HealthCheck): HealthCheck {
  const threshold = { from: 2, to: 10 }
  const check = {
    enabled: input.HealthCheckEnabled === undefined ? known.enabled : isTrue(input.HealthCheckEnabled),
    path: input.HealthCheckPath ?? known.path,
    port: input.HealthCheckPort ?? known.port,
    intervalSeconds: numberOr('HealthCheckIntervalSeconds', input.HealthCheckIntervalSeconds, known.intervalSeconds, {
      from: 5,
      to: 300,
    }),
    timeoutSeconds: numberOr('HealthCheckTimeoutSeconds', input.HealthCheckTimeoutSeconds, known.timeoutSeconds, {
      from: 2,
      to: 120,
    }),
    healthyThreshold: numberOr('HealthyThresholdCount', input.HealthyThresholdCount, known.healthyThreshold, threshold),
    unhealthyThreshold: numberOr(
      'UnhealthyThresholdCount',
      input.UnhealthyThresholdCount,
      known.unhealthyThreshold,
      threshold,
    ),
    matcher: input.Matcher?.HttpCode ?? known.matcher,
  }
  if (check.timeoutSeconds >= check.intervalSeconds) {
    const found = `'${check.timeoutSeconds}' and '${check.intervalSeconds}'`
    throw new AwsError(
      'ValidationError',
      `Health check timeout must be smaller than health check interval, found ${found}`,
    )
  }
  return check
}

/** A target as DescribeTargetHealth shows it. */
export function showHealth({ target, state, reason, description }: RegisteredTarget): Sdk.TargetHealthDescription {
  return {
    Target: { Id: target.id, Port: target.port },
    HealthCheckPort: String(target.port),
    TargetHealth: {
      State: state,
      ...(reason === undefined ? {} : { Reason: reason as Sdk.TargetHealthReasonEnum }),
      ...(description === undefined ? {} : { Description: description }),
    },
  }
}

/** What stands in the place of a target that the group does not have. */
export function notRegistered(target: Sdk.TargetDescription): Sdk.TargetHealthDescription {
  const Description = 'Target is not registered to the target group'
  return { Target: target, TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description } }
}

/** A target group as Describe calls show it. */
export function showTargetGroup(state: LoadBalancingState, group: TargetGroup): Sdk.TargetGroup {
  const check = group.healthCheck
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol as Sdk.ProtocolEnum,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: check.port,
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.intervalSeconds,
    HealthCheckTimeoutSeconds: check.timeoutSeconds,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    HealthCheckPath: check.path,
    Matcher: { HttpCode: check.matcher },
    LoadBalancerArns: state.usersOf(group.arn).map((loadBalancer) => loadBalancer.arn),
    TargetType: group.targetType as Sdk.TargetTypeEnum,
    ProtocolVersion: group.protocolVersion,
    IpAddressType: 'ipv4',
  }
}
