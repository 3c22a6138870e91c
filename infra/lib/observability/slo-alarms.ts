import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import type { ServiceSubject } from '../service/service-subject.ts'
import { badShare, burnWindows } from './burn-rate.ts'
import type { TargetGroupDimensions } from './dimensions.ts'

/**
 * Two alarms on a service's availability, each of a long and a short window. Both sides count together: an objective is of what
 * clients get, whichever revision answers. Its windows' own alarms only feed the one that tells people.
 */
export function addSloAlarms(
  scope: Construct,
  { environment, name, service }: ServiceSubject,
  groups: TargetGroupDimensions,
  topic: string,
): void {
  for (const window of burnWindows) {
    const threshold = badShare(service.slo, window)
    const parts = (['long', 'short'] as const).map((length) => {
      const minutes = length === 'long' ? window.longMinutes : window.shortMinutes
      const alarm = new CfnAlarm(scope, `Slo-${name}-${window.name}-${length}`, {
        alarmName: names.alarm(environment.name, name, `slo-${window.name}-${length}`),
        alarmDescription: `${name} in ${environment.name}: share of 5xx over ${minutes} minutes`,
        metrics: badShareMetrics(groups, minutes * 60),
        evaluationPeriods: 1,
        threshold,
        comparisonOperator: 'GreaterThanThreshold',
        // Without requests there is nothing bad among them.
        treatMissingData: 'notBreaching',
      })
      return alarm.attrArn
    })
    new CfnCompositeAlarm(scope, `Slo-${name}-${window.name}`, {
      alarmName: names.alarm(environment.name, name, `slo-${window.name}`),
      alarmDescription: `${name} in ${environment.name} burns ${window.budgetShare * 100} % of its month's errors in ${window.longMinutes / 60} h (objective ${service.slo.availability} %)`,
      alarmRule: parts.map((arn) => `ALARM("${arn}")`).join(' AND '),
      alarmActions: [topic],
    })
  }
}

/** 5xx over requests of both target groups. 5xx are reported only when there are any, hence FILL. */
function badShareMetrics(groups: TargetGroupDimensions, period: number): CfnAlarm.MetricDataQueryProperty[] {
  const sides = ['blue', 'green'] as const
  const query = (id: string, metricName: string, side: (typeof sides)[number]) => ({
    id,
    returnData: false,
    metricStat: {
      metric: { namespace: 'AWS/ApplicationELB', metricName, dimensions: groups[side] },
      period,
      stat: 'Sum',
    },
  })
  return [
    ...sides.map((side) => query(`bad_${side}`, 'HTTPCode_Target_5XX_Count', side)),
    ...sides.map((side) => query(`all_${side}`, 'RequestCount', side)),
    {
      id: 'share',
      label: 'share of 5xx',
      expression: '(FILL(bad_blue, 0) + FILL(bad_green, 0)) / (FILL(all_blue, 0) + FILL(all_green, 0))',
      returnData: true,
    },
  ]
}
