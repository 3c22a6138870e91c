import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import type { ServiceSubject } from './service-subject.ts'
import type { Routing } from './routing.ts'

/** Alarms of each target group, so that a rollout can be tied to the side that is new; every one tells the topic. */
export function targetGroupAlarms(
  scope: Construct,
  { environment, name, service }: ServiceSubject,
  routing: Routing,
  loadBalancerName: string,
  topicArn: string,
): void {
  for (const [side, group] of [
    ['blue', routing.blue],
    ['green', routing.green],
  ] as const) {
    const dimensions = [
      { name: 'LoadBalancer', value: loadBalancerName },
      { name: 'TargetGroup', value: group.fullName },
    ]
    new CfnAlarm(scope, `${name}-${side}-errors`, {
      alarmName: names.alarm(environment.name, name, `errors-${side}`),
      alarmDescription: `${name} in ${environment.name}: the ${side} tasks answer with 5xx`,
      namespace: 'AWS/ApplicationELB',
      metricName: 'HTTPCode_Target_5XX_Count',
      dimensions,
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      threshold: 50,
      comparisonOperator: 'GreaterThanThreshold',
      // 5xx are reported only when there are any: no data is no errors.
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
    })
    new CfnAlarm(scope, `${name}-${side}-latency`, {
      alarmName: names.alarm(environment.name, name, `latency-${side}`),
      alarmDescription: `${name} in ${environment.name}: the ${side} tasks answer slower than the objective`,
      namespace: 'AWS/ApplicationELB',
      metricName: 'TargetResponseTime',
      dimensions,
      extendedStatistic: `p${service.slo.latency.percent}`,
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 4,
      threshold: service.slo.latency.under / 1000,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
    })
  }
}
