import { Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { isRotatedByFunction, rotationName } from '../data/rotation-name.ts'
import { dashboardBody } from '../observability/dashboard.ts'
import { serviceExports, type TargetGroupDimensions } from '../observability/dimensions.ts'
import { addSloAlarms } from '../observability/slo-alarms.ts'
import { objectives, replicationAlarm } from '../recovery/rto.ts'
import { topicArn } from '../service/notifications.ts'
import { isPrimary, regionsOf } from '../topology/regions.ts'
import { shardHomes } from '../topology/shards.ts'

/** What watches an environment in one region: a dashboard, alarms on objectives and, in the primary region, on money and replication. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, state: EnvironmentState) {
    super(scope, id, props)
    const topic = topicArn(this, state.name)
    const exported = serviceExports(state.name)
    const widgets: { readonly name: string; readonly groups: TargetGroupDimensions }[] = []
    for (const [name, service] of Object.entries(state.services)) {
      if (service.kind !== 'web') continue
      const dimensions = (side: 'blue' | 'green') => [
        { name: 'LoadBalancer', value: Fn.importValue(exported.loadBalancer) },
        { name: 'TargetGroup', value: Fn.importValue(exported.targetGroup(name, side)) },
      ]
      const groups = { blue: dimensions('blue'), green: dimensions('green') }
      addSloAlarms(this, { environment: state, name, service }, groups, topic)
      widgets.push({ name, groups })
    }
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: `${names.cluster(state.name)}-${this.region}`,
      dashboardBody: Fn.sub(
        JSON.stringify(dashboardBody(state, this.region)),
        Object.fromEntries(
          widgets.flatMap(({ name, groups }) => [
            ['LoadBalancer', groups.blue[0]?.value ?? ''],
            ...(['blue', 'green'] as const).map((side) => [
              `${name.replaceAll('-', '')}${side}`,
              groups[side][1]?.value ?? '',
            ]),
          ]),
        ) as Record<string, string>,
      ),
    })
    if (!isPrimary(state, this.region)) return
    if (regionsOf(state).replicas.length > 0) this.#watchReplication(state, topic)
    if (isRotatedByFunction(state)) this.#watchRotation(state, topic)
    if (state.environment.budget) this.#addBudget(state, state.environment.budget.monthlyUsd, topic)
  }

  /** Replication is not bounded, only watched: the recovery point's objective is an alarm on each Global Database. */
  #watchReplication({ name, environment }: EnvironmentState, topic: string): void {
    for (const { cluster } of shardHomes(environment)) {
      new CfnAlarm(this, `Replication${cluster}`, {
        alarmName: replicationAlarm(name, cluster),
        alarmDescription: `${name}: what a takeover of cluster ${cluster} would lose is more than ${objectives.recoveryPoint} s`,
        namespace: 'AWS/RDS',
        metricName: 'AuroraGlobalDBRPOLag',
        dimensions: [{ name: 'DBClusterIdentifier', value: names.databaseCluster(name, cluster) }],
        statistic: 'Maximum',
        period: 60,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        // Milliseconds.
        threshold: objectives.recoveryPoint * 1000,
        comparisonOperator: 'GreaterThanThreshold',
        // A lag that nobody reports is not a lag of none.
        treatMissingData: 'breaching',
        alarmActions: [topic],
      })
    }
  }

  /** A password that is not rotated any more is found by nobody who does not look: nothing else stops working. */
  #watchRotation({ name }: EnvironmentState, topic: string): void {
    new CfnAlarm(this, 'Rotation', {
      alarmName: rotationName(name),
      alarmDescription: `${name}: a password of the databases was not rotated; the reason is in /aws/lambda/${rotationName(name)}`,
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: [{ name: 'FunctionName', value: rotationName(name) }],
      statistic: 'Sum',
      period: 3600,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      // It is called on a few hours of a month.
      treatMissingData: 'notBreaching',
      alarmActions: [topic],
    })
  }

  /** Told when the month is heading above the amount of `environment.yaml`, and when most of it is spent. */
  #addBudget({ name }: EnvironmentState, monthlyUsd: number, topic: string): void {
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'SNS', address: topic }],
    })
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: names.cluster(name),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        // Environments may share an account; their resources carry their name.
        costFilters: { TagKeyValue: [`user:sluice:environment$${name}`] },
      },
      notificationsWithSubscribers: [notify('ACTUAL', 80), notify('ACTUAL', 100), notify('FORECASTED', 100)],
    })
  }
}
