import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'

import type { AlarmState } from '../metric-store.ts'

/** How an alarm treats a period without data. */
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching'

interface AnyAlarm {
  readonly name: string
  readonly arn: string
  readonly description?: string
  readonly actionsEnabled: boolean
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>
  state: AlarmState
  reason: string
  stateUpdatedAt: Date
  readonly updatedAt: Date
}

/** An alarm on a metric or an expression. */
export interface MetricAlarmRecord extends AnyAlarm {
  readonly kind: 'metric'
  /** One metric is one query; `returned` is the id of the one that is compared. */
  readonly queries: readonly MetricDataQuery[]
  readonly returned: string
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: string
  readonly missingData: MissingData
  /** As it was put, for Describe. */
  readonly given: object
}

/** An alarm on other alarms. */
export interface CompositeAlarmRecord extends AnyAlarm {
  readonly kind: 'composite'
  readonly rule: string
}

export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord
