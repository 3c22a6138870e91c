import { CfnHealthCheck, CfnRecordSet, type CfnRecordSetProps } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import { originHosts, type Names } from './entry.ts'
import { healthCheck, writesTtlSeconds } from './timing.ts'

/** Where an alias leads to. Another record of the same zone has the zone's own id. */
export interface AliasTarget {
  readonly dnsName: string
  readonly hostedZoneId: string
}

/** How a record is told from the others of its name, and when it is given out. */
type Routing = Pick<CfnRecordSetProps, 'region' | 'failover' | 'setIdentifier' | 'healthCheckId'>

/** An alias: it lives in DNS for as long as what it leads to. `evaluateTargetHealth` where no health check of its own says whether it is healthy. */
export function addAlias(
  scope: Construct,
  id: string,
  { hostedZoneId }: Pick<Names, 'hostedZoneId'>,
  name: string,
  to: AliasTarget,
  routing: Routing & { readonly evaluateTargetHealth?: boolean; readonly type?: 'A' | 'AAAA' } = {},
): CfnRecordSet {
  const { evaluateTargetHealth = false, type = 'A', ...rest } = routing
  return new CfnRecordSet(scope, id, {
    hostedZoneId,
    name,
    type,
    aliasTarget: { ...to, evaluateTargetHealth },
    ...rest,
  })
}

/** A name that leads to another one which is no alias, and so cannot be the target of one; as long in DNS as that. */
export function addName(
  scope: Construct,
  id: string,
  { hostedZoneId }: Pick<Names, 'hostedZoneId'>,
  name: string,
  to: string,
): CfnRecordSet {
  return new CfnRecordSet(scope, id, {
    hostedZoneId,
    name,
    type: 'CNAME',
    ttl: String(writesTtlSeconds),
    resourceRecords: [to],
  })
}

/**
 * Whether a region serves: every service that anybody calls says so at `/health/ready`. A service that is down everywhere takes no
 * region with it: when all are unhealthy, Route 53 answers as if all were healthy.
 */
export function addHealthCheck(scope: Construct, names: Names, region: string): CfnHealthCheck {
  const checks = names.services.map(
    (service) =>
      new CfnHealthCheck(scope, `Health-${region}-${service}`, {
        healthCheckConfig: {
          type: 'HTTPS',
          port: 443,
          enableSni: true,
          fullyQualifiedDomainName: originHosts(names).service(region, service),
          resourcePath: '/health/ready',
          requestInterval: healthCheck.intervalSeconds,
          failureThreshold: healthCheck.failures,
        },
      }),
  )
  const [only] = checks
  if (only && checks.length === 1) return only
  return new CfnHealthCheck(scope, `Health-${region}`, {
    healthCheckConfig: {
      type: 'CALCULATED',
      childHealthChecks: checks.map((check) => check.attrHealthCheckId),
      healthThreshold: checks.length,
    },
  })
}

/** The region that stands in for another: the next one of the list, the first after the last. */
export function spareOf(regions: readonly string[], region: string): string {
  return regions[(regions.indexOf(region) + 1) % regions.length] ?? region
}
