import type * as Sdk from '@aws-sdk/client-cloudwatch'

import { AwsError, type Operation } from '../../endpoint/service.ts'
import type { AlarmRecord, MetricAlarmRecord, MissingData } from '../alarms/alarm-record.ts'
import type { AlarmWatch } from '../alarms/alarm-watch.ts'
import { checkComparison, evaluateRule } from '../alarms/evaluate-alarm.ts'
import type { AlarmState } from '../metric-store.ts'
import { readPeriod } from '../query-metrics.ts'
import { readStatistic } from '../statistic.ts'
import { numberOr, readNumber, required } from './read-input.ts'

const states: readonly string[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']
const treatments: readonly string[] = ['missing', 'ignore', 'breaching', 'notBreaching']

export function alarmOperations(
  watch: AlarmWatch,
  arnOf: (alarm: string) => string,
  now: () => Date,
): Readonly<Record<string, Operation>> {
  const common = (input: Sdk.PutMetricAlarmCommandInput | Sdk.PutCompositeAlarmCommandInput) => {
    const name = required('AlarmName', input.AlarmName)
    const known = watch.alarms.get(name)
    return {
      name,
      arn: arnOf(name),
      ...(input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription }),
      actionsEnabled: String(input.ActionsEnabled ?? true) === 'true',
      actions: {
        OK: input.OKActions ?? [],
        ALARM: input.AlarmActions ?? [],
        INSUFFICIENT_DATA: input.InsufficientDataActions ?? [],
      },
      state: known?.state ?? ('INSUFFICIENT_DATA' as const),
      reason: known?.reason ?? 'Unchecked: Initial alarm creation',
      stateUpdatedAt: known?.stateUpdatedAt ?? now(),
      updatedAt: now(),
    }
  }
  return {
    PutMetricAlarm(input: Sdk.PutMetricAlarmCommandInput) {
      watch.put({ ...common(input), ...readMetricAlarm(input) })
      return {}
    },
    PutCompositeAlarm(input: Sdk.PutCompositeAlarmCommandInput) {
      const rule = required('AlarmRule', input.AlarmRule)
      evaluateRule(rule, () => 'OK')
      watch.put({ ...common(input), kind: 'composite', rule })
      return {}
    },
    DescribeAlarms(input: Sdk.DescribeAlarmsCommandInput) {
      const types: readonly string[] = input.AlarmTypes ?? ['MetricAlarm']
      const chosen = [...watch.alarms.values()].filter(
        (alarm) =>
          (input.AlarmNames === undefined || input.AlarmNames.includes(alarm.name)) &&
          (input.AlarmNamePrefix === undefined || alarm.name.startsWith(input.AlarmNamePrefix)) &&
          (input.StateValue === undefined || alarm.state === input.StateValue),
      )
      const ofKind = (kind: AlarmRecord['kind'], type: string) =>
        types.includes(type) ? chosen.filter((alarm) => alarm.kind === kind).map(show) : []
      return { MetricAlarms: ofKind('metric', 'MetricAlarm'), CompositeAlarms: ofKind('composite', 'CompositeAlarm') }
    },
    DeleteAlarms(input: Sdk.DeleteAlarmsCommandInput) {
      const names = input.AlarmNames ?? []
      const unknown = names.filter((name) => !watch.alarms.has(name))
      if (unknown.length > 0) throw new AwsError('ResourceNotFound', `Alarms [${unknown.join(', ')}] do not exist`, 404)
      for (const name of names) watch.delete(name)
      return {}
    },
    SetAlarmState(input: Sdk.SetAlarmStateCommandInput) {
      const alarm = watch.alarms.get(required('AlarmName', input.AlarmName))
      if (!alarm) throw new AwsError('ResourceNotFound', `Alarm ${input.AlarmName ?? ''} does not exist`, 404)
      const state = required('StateValue', input.StateValue)
      if (!states.includes(state)) {
        throw new AwsError('InvalidFormat', `StateValue must be one of ${states.join(', ')}, found '${state}'`)
      }
      watch.set(alarm, { state: state as AlarmState, reason: required('StateReason', input.StateReason) })
      return {}
    },
  }
}

function readMetricAlarm(input: Sdk.PutMetricAlarmCommandInput): Omit<MetricAlarmRecord, keyof ReturnTypeOfCommon> {
  const evaluationPeriods = readNumber('EvaluationPeriods', input.EvaluationPeriods)
  const datapointsToAlarm = numberOr('DatapointsToAlarm', input.DatapointsToAlarm, evaluationPeriods)
  if (datapointsToAlarm > evaluationPeriods) {
    throw new AwsError('ValidationError', 'DatapointsToAlarm must be less than or equal to EvaluationPeriods.')
  }
  const missingData = input.TreatMissingData ?? 'missing'
  if (!treatments.includes(missingData)) {
    throw new AwsError(
      'ValidationError',
      `TreatMissingData must be one of ${treatments.join(', ')}, found '${missingData}'`,
    )
  }
  const queries = input.Metrics ?? [
    {
      Id: 'm1',
      MetricStat: {
        Metric: {
          Namespace: required('Namespace', input.Namespace),
          MetricName: required('MetricName', input.MetricName),
          Dimensions: input.Dimensions,
        },
        Period: input.Period,
        Stat: input.Statistic ?? required('Statistic or ExtendedStatistic', input.ExtendedStatistic),
      },
    },
  ]
  const returned = queries.filter(({ ReturnData }) => String(ReturnData ?? true) === 'true')
  if (returned.length !== 1) {
    throw new AwsError(
      'ValidationError',
      `Exactly one element of the metrics list should return data, found ${returned.length}.`,
    )
  }
  for (const { MetricStat } of queries) if (MetricStat) readStatistic(MetricStat.Stat ?? '')
  const periods = queries.flatMap(({ MetricStat, Period }) => {
    const period = MetricStat?.Period ?? Period
    return period === undefined ? [] : [readPeriod(period)]
  })
  return {
    kind: 'metric',
    queries,
    returned: returned[0]?.Id ?? '',
    periodSeconds: Math.max(...periods, 1),
    evaluationPeriods,
    datapointsToAlarm,
    threshold: readNumber('Threshold', input.Threshold),
    comparison: checkComparison(required('ComparisonOperator', input.ComparisonOperator)),
    missingData: missingData as MissingData,
    given: input,
  }
}

type ReturnTypeOfCommon = Pick<
  MetricAlarmRecord,
  'name' | 'arn' | 'description' | 'actionsEnabled' | 'actions' | 'state' | 'reason' | 'stateUpdatedAt' | 'updatedAt'
>

function show(alarm: AlarmRecord): object {
  return {
    ...(alarm.kind === 'metric' ? alarm.given : { AlarmRule: alarm.rule }),
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: alarm.stateUpdatedAt,
    AlarmConfigurationUpdatedTimestamp: alarm.updatedAt,
  }
}
