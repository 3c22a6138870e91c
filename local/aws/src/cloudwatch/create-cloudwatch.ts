import { join } from 'node:path'

import type { EmulatorClock } from '../clock.ts'
import type { AwsService } from '../endpoint/service.ts'
import { readJsonFile, writeJsonFile } from '../json-file.ts'
import type { AlarmRecord } from './alarms/alarm-record.ts'
import { AlarmWatch } from './alarms/alarm-watch.ts'
import type { Alarms, MetricStore } from './metric-store.ts'
import { alarmOperations } from './operations/alarm-operations.ts'
import { metricOperations } from './operations/metric-operations.ts'
import { SampleStore } from './sample-store.ts'

/** What CloudWatch works with. */
export interface CloudWatchOptions {
  readonly clock: EmulatorClock
  /** Publishes to an SNS topic. */
  readonly notify: (topicArn: string, message: string) => void
  readonly region?: string
  readonly account?: string
  /** Holds `alarms.json`; what it holds is taken up again. Metrics do not outlive the process. */
  readonly stateFolder?: string
}

/**
 * CloudWatch: metrics by the second and alarms that watch them.
 * `service` is for current SDKs (JSON), `queryService` for clients that still speak the query protocol (the AWS CLI).
 */
export function createCloudWatch(options: CloudWatchOptions): {
  readonly service: AwsService
  readonly queryService: AwsService
  readonly metrics: MetricStore
  readonly alarms: Alarms
  close(): void
} {
  const { clock, notify, region = 'us-east-1', account = '000000000000' } = options
  const store = new SampleStore()
  const file = options.stateFolder === undefined ? undefined : join(options.stateFolder, 'alarms.json')
  const changed = () => {
    if (file !== undefined) writeJsonFile(file, [...watch.alarms.values()])
  }
  const watch: AlarmWatch = new AlarmWatch({ clock, store, region, account, notify, changed })
  for (const alarm of file === undefined ? [] : readAlarms(file)) watch.put(alarm)
  const now = () => clock.now()
  const operations = {
    ...metricOperations(store, now),
    ...alarmOperations(watch, (name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`, now),
  }
  return {
    service: { protocol: 'json-1.0', targetPrefix: 'GraniteServiceVersion20100801', operations },
    queryService: {
      protocol: 'query',
      version: '2010-08-01',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      operations,
    },
    metrics: store,
    alarms: { state: (name) => watch.alarms.get(name)?.state },
    close: () => watch.close(),
  }
}

function readAlarms(file: string): AlarmRecord[] {
  const kept = (readJsonFile(file) ?? []) as AlarmRecord[]
  return kept.map((alarm) => ({
    ...alarm,
    stateUpdatedAt: new Date(alarm.stateUpdatedAt),
    updatedAt: new Date(alarm.updatedAt),
  }))
}
