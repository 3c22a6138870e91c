import { Fn, Stack } from 'aws-cdk-lib'
import { CfnListener, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { networkExports } from '../network/exports.ts'
import { loadBalancerSubnets } from '../network/tasks.ts'
import { accessLogBucket, loadBalancerPrefix } from '../storage/artifacts.ts'
import { isProtected } from '../topology/protection.ts'

/** What listens in front of an environment's services. */
export interface Entrance {
  readonly loadBalancer: CfnLoadBalancer
  readonly production: CfnListener
  readonly test: CfnListener
}

/** TLS 1.3, and 1.2 for clients that have nothing newer. */
const tlsPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06'

/** The load balancer with its production and its test listener; a service's rules are its own (routing.ts). */
export function addEntrance(scope: Construct, environment: EnvironmentState): Entrance {
  const { certificateArn } = environment.environment.edge
  const { account, region } = Stack.of(scope)
  const loadBalancer = new CfnLoadBalancer(scope, 'LoadBalancer', {
    name: names.loadBalancer(environment.name),
    type: 'application',
    scheme: 'internet-facing',
    subnets: loadBalancerSubnets(environment),
    securityGroups: [Fn.importValue(networkExports(environment.name).loadBalancerGroup)],
    loadBalancerAttributes: [
      { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
      { key: 'deletion_protection.enabled', value: String(isProtected(environment)) },
      { key: 'access_logs.s3.enabled', value: 'true' },
      { key: 'access_logs.s3.bucket', value: accessLogBucket(environment.name, account, region) },
      { key: 'access_logs.s3.prefix', value: loadBalancerPrefix },
    ],
  })
  const listener = (id: string, secure: number, plain: number) =>
    new CfnListener(scope, id, {
      loadBalancerArn: loadBalancer.ref,
      port: certificateArn == null ? plain : secure,
      protocol: certificateArn == null ? 'HTTP' : 'HTTPS',
      ...(certificateArn == null ? {} : { certificates: [{ certificateArn }], sslPolicy: tlsPolicy }),
      defaultActions: [
        {
          type: 'fixed-response',
          fixedResponseConfig: { statusCode: '404', contentType: 'text/plain', messageBody: 'no such service' },
        },
      ],
    })
  const entrance = { loadBalancer, production: listener('Production', 443, 80), test: listener('Test', 8443, 8080) }
  if (certificateArn != null) {
    new CfnListener(scope, 'Plain', {
      loadBalancerArn: loadBalancer.ref,
      port: 80,
      protocol: 'HTTP',
      defaultActions: [
        { type: 'redirect', redirectConfig: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
      ],
    })
  }
  return entrance
}
