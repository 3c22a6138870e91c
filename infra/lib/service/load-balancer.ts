import { Fn, Stack } from 'aws-cdk-lib'
import { CfnListener, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { adoptionOf } from '@sluice/core/environment/adopt'
import { certificateIn } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { hasDistribution } from '../edge/entry.ts'
import { networkExports } from '../network/exports.ts'
import { loadBalancerSubnets } from '../network/tasks.ts'
import { accessLogBucket, loadBalancerPrefix } from '../storage/artifacts.ts'
import { isProtected } from '../topology/protection.ts'

/** What listens in front of an environment's services. */
export interface Entrance {
  readonly arn: string
  /** `app/<name>/<id>`, as CloudWatch calls it. */
  readonly fullName: string
  readonly dnsName: string
  /** The zone of Route 53 that holds `dnsName`, for alias records. */
  readonly hostedZoneId: string
  /** ARNs of the two listeners. */
  readonly production: string
  readonly test: string
  /** The first priority that rules may have: an adopted listener has rules of its own before it. */
  readonly firstPriority: number
}

/** TLS 1.3, and 1.2 for clients that have nothing newer. */
const tlsPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06'

/**
 * The load balancer with its production and its test listener; a service's rules are its own (routing.ts). An adopted one keeps its
 * listeners; the test listener is made where it has none.
 */
export function addEntrance(scope: Construct, environment: EnvironmentState): Entrance {
  const { account, region } = Stack.of(scope)
  const certificateArn = certificateIn(environment.environment.edge, region)
  const isBehindEdge = hasDistribution(environment)
  const exported = networkExports(environment.name)
  const adopted = adoptionOf(environment, region)?.loadBalancer
  if (adopted) {
    return {
      arn: adopted.arn,
      fullName: fullNameOf(adopted.arn),
      dnsName: adopted.dnsName,
      hostedZoneId: adopted.hostedZoneId,
      production: adopted.productionListener,
      test: adopted.testListener ?? addListener(scope, 'Test', adopted.arn, certificateArn, [8443, 8080]).ref,
      firstPriority: adopted.firstPriority,
    }
  }
  const loadBalancer = new CfnLoadBalancer(scope, 'LoadBalancer', {
    name: names.loadBalancer(environment.name),
    type: 'application',
    scheme: 'internet-facing',
    subnets: loadBalancerSubnets(environment, region),
    securityGroups: [exported.loadBalancerGroup, ...(isBehindEdge ? [exported.edgeGroup] : [])].map((group) =>
      Fn.importValue(group),
    ),
    loadBalancerAttributes: [
      { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
      { key: 'deletion_protection.enabled', value: String(isProtected(environment)) },
      { key: 'access_logs.s3.enabled', value: 'true' },
      { key: 'access_logs.s3.bucket', value: accessLogBucket(environment.name, account, region) },
      { key: 'access_logs.s3.prefix', value: loadBalancerPrefix },
    ],
  })
  const production = addListener(scope, 'Production', loadBalancer.ref, certificateArn, [443, 80])
  const test = addListener(scope, 'Test', loadBalancer.ref, certificateArn, [8443, 8080])
  // CloudFront redirects its clients itself and speaks TLS to origins alone.
  if (certificateArn != null && !isBehindEdge) {
    new CfnListener(scope, 'Plain', {
      loadBalancerArn: loadBalancer.ref,
      port: 80,
      protocol: 'HTTP',
      defaultActions: [
        { type: 'redirect', redirectConfig: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
      ],
    })
  }
  return {
    arn: loadBalancer.ref,
    fullName: loadBalancer.attrLoadBalancerFullName,
    dnsName: loadBalancer.attrDnsName,
    hostedZoneId: loadBalancer.attrCanonicalHostedZoneId,
    production: production.ref,
    test: test.ref,
    firstPriority: 1,
  }
}

function addListener(
  scope: Construct,
  id: string,
  loadBalancerArn: string,
  certificateArn: string | undefined,
  [secure, plain]: readonly [secure: number, plain: number],
): CfnListener {
  return new CfnListener(scope, id, {
    loadBalancerArn,
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
}

/** What CloudWatch calls a load balancer or a target group, from its ARN: `app/<name>/<id>`, `targetgroup/<name>/<id>`. */
export function fullNameOf(arn: string): string {
  return (arn.split(':').at(-1) ?? '').replace(/^loadbalancer\//, '')
}
