/** One measurement: a distribution of values in one second. Percentiles need the values themselves. */
export interface Sample {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly time: Date
  readonly value: number
  readonly unit?: string
}

/** Where load balancers and ECS report what happened. */
export interface MetricStore {
  put(sample: Sample): void
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** What ECS asks about alarms. */
export interface Alarms {
  /** `undefined` when there is no such alarm. */
  state(name: string): AlarmState | undefined
}
