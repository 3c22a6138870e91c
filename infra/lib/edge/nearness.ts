import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { names as resourceNames } from '@sluice/core/names'
import { originHosts, type Names } from './entry.ts'
import { addAlias, addHealthCheck, spareOf } from './records.ts'
import { healthAlarmSeconds } from './timing.ts'

/**
 * Names by nearness for reads, `reads`, `spare` and `replicas`, from which a health check takes a region that does not answer; and an alarm on each
 * check, which is what people learn of a lost region by.
 */
export function addNearness(
  scope: Construct,
  environment: string,
  names: Names,
  regions: readonly string[],
  topic: string,
): void {
  const hosts = originHosts(names)
  const checks = new Map(
    regions.map((region) => [region, addHealthCheck(scope, names, region).attrHealthCheckId] as const),
  )
  for (const region of regions) {
    const lead = (id: string, name: string, to: string) =>
      addAlias(
        scope,
        id,
        names,
        name,
        { dnsName: hosts.of(to), hostedZoneId: names.hostedZoneId },
        { region, setIdentifier: region, healthCheckId: checks.get(to) ?? '' },
      )
    lead(`Reads-${region}`, hosts.reads, region)
    // Whoever is nearest to `region` is led to another one when `region` does not answer.
    lead(`Spare-${region}`, hosts.spare, spareOf(regions, region))
    if (region !== regions[0]) lead(`Replicas-${region}`, hosts.replicas, region)
    new CfnAlarm(scope, `Lost-${region}`, {
      alarmName: resourceNames.alarm(environment, 'region', region),
      alarmDescription: `${environment}: ${region} does not answer Route 53's health checks (docs/runbooks/region-lost.md)`,
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensions: [{ name: 'HealthCheckId', value: checks.get(region) ?? '' }],
      statistic: 'Minimum',
      period: healthAlarmSeconds,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      // Nobody who checks is no region that answers.
      treatMissingData: 'breaching',
      alarmActions: [topic],
    })
  }
}
