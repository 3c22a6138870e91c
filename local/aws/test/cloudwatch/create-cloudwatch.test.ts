import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { emulatorClock } from '../../src/clock.ts'
import { createCloudWatch } from '../../src/cloudwatch/create-cloudwatch.ts'

const dimensions = { TargetGroup: 'targetgroup/green/1', LoadBalancer: 'app/web/1' }
const start = new Date('2026-01-01T00:00:00Z')
const topic = 'arn:aws:sns:us-east-1:000000000000:alerts'

function setUp(speed = 1, stateFolder?: string) {
  vi.useFakeTimers({ now: start })
  const told: Array<{ topic: string; message: Record<string, unknown> }> = []
  const cloudwatch = createCloudWatch({
    clock: emulatorClock(speed),
    ...(stateFolder === undefined ? {} : { stateFolder }),
    notify: (topic, message) => told.push({ topic, message: JSON.parse(message) as Record<string, unknown> }),
  })
  const call = async <Output>(name: string, input: object) =>
    (await cloudwatch.service.operations[name]?.(input as never, undefined as never)) as Output
  const put = (name: string, value: number) =>
    cloudwatch.metrics.put({
      namespace: 'AWS/ApplicationELB',
      name,
      dimensions,
      time: new Date(),
      value,
      unit: 'Count',
    })
  return { ...cloudwatch, call, put, told }
}

afterEach(() => vi.useRealTimers())

const metric = (MetricName: string) => ({
  Namespace: 'AWS/ApplicationELB',
  MetricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
})

describe('GetMetricData', () => {
  it('answers several queries and an expression, newest first unless asked otherwise', async () => {
    const { call, put } = setUp()
    for (let second = 0; second < 10; second += 1) {
      for (let request = 0; request < 20; request += 1) {
        put('RequestCount', 1)
        put('TargetResponseTime', request < 3 ? 0.5 : 0.05)
      }
      if (second === 7) put('HTTPCode_Target_5XX_Count', 1)
      vi.advanceTimersByTime(1000)
    }
    const query = (Id: string, name: string, Stat: string, more: object = {}) => ({
      Id,
      MetricStat: { Metric: metric(name), Period: 5, Stat },
      ...more,
    })
    const input = {
      StartTime: start,
      EndTime: new Date(start.getTime() + 60_000),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        query('requests', 'RequestCount', 'Sum'),
        query('errors', 'HTTPCode_Target_5XX_Count', 'Sum', { ReturnData: false }),
        query('slow', 'TargetResponseTime', 'TC(0.2:)'),
        query('quick', 'TargetResponseTime', 'PR(:0.2)'),
        { Id: 'rate', Expression: '100 * FILL(errors, 0) / requests' },
      ],
    }
    const at = (second: number) => new Date(start.getTime() + second * 1000)
    const output = await call<Sdk.GetMetricDataOutput>('GetMetricData', input)
    const rows = output.MetricDataResults?.map(({ Id, Timestamps, Values, StatusCode }) => [
      Id,
      Timestamps,
      Values,
      StatusCode,
    ])
    expect(rows).toEqual([
      ['requests', [at(0), at(5)], [100, 100], 'Complete'],
      ['slow', [at(0), at(5)], [15, 15], 'Complete'],
      ['quick', [at(0), at(5)], [85, 85], 'Complete'],
      ['rate', [at(0), at(5)], [0, 1], 'Complete'],
    ])
    const newestFirst = await call<Sdk.GetMetricDataOutput>('GetMetricData', {
      ...input,
      ScanBy: undefined,
      // As the JSON protocol gives times.
      StartTime: start.getTime() / 1000,
    })
    expect(newestFirst.MetricDataResults?.[0]?.Timestamps).toEqual([at(5), at(0)])
  })

  it.each([
    [{ Period: 7 }, 'Period must be 1, 5, 10, 20, 30, or a multiple of 60'],
    [{ Stat: 'Median' }, 'not a statistic'],
  ])('refuses %o', async (wrong, message) => {
    const { call } = setUp()
    const MetricStat = { Metric: metric('RequestCount'), Period: 60, Stat: 'Sum', ...wrong }
    const input = {
      StartTime: start,
      EndTime: new Date(start.getTime() + 1000),
      MetricDataQueries: [{ Id: 'm', MetricStat }],
    }
    await expect(call('GetMetricData', input)).rejects.toThrow(message)
  })
})

describe('PutMetricData, GetMetricStatistics and ListMetrics', () => {
  it('store values, counted values and statistics, and give them back', async () => {
    const { call } = setUp()
    const MetricData = [
      { MetricName: 'Orders', Value: 3, Unit: 'Count' },
      { MetricName: 'Orders', Values: [1, 2], Counts: [2, 1] },
      { MetricName: 'Orders', StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 5, Maximum: 15 } },
    ]
    await call('PutMetricData', { Namespace: 'Shop', MetricData })
    const output = await call<Sdk.GetMetricStatisticsOutput>('GetMetricStatistics', {
      Namespace: 'Shop',
      MetricName: 'Orders',
      StartTime: start,
      EndTime: new Date(start.getTime() + 60_000),
      Period: 60,
      Statistics: ['Sum', 'SampleCount', 'Maximum', 'Minimum'],
      ExtendedStatistics: ['p50'],
    })
    const numbers = { Sum: 27, SampleCount: 6, Maximum: 15, Minimum: 1, ExtendedStatistics: { p50: 2 } }
    expect(output.Datapoints).toEqual([{ Timestamp: start, Unit: 'Count', ...numbers }])
    const listed = await call<Sdk.ListMetricsOutput>('ListMetrics', { Namespace: 'Shop' })
    expect(listed.Metrics).toEqual([{ Namespace: 'Shop', MetricName: 'Orders', Dimensions: [] }])
  })
})

describe('alarms', () => {
  const input = {
    AlarmName: 'errors',
    ...metric('HTTPCode_Target_5XX_Count'),
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 1,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [topic],
    OKActions: [topic],
  }

  it('go through their states in emulated time and tell the topic once for each change', async () => {
    const { call, put, alarms, told } = setUp(60)
    await call('PutMetricAlarm', input)
    expect(alarms.state('errors')).toBe('INSUFFICIENT_DATA')
    expect(alarms.state('none')).toBeUndefined()
    await vi.advanceTimersByTimeAsync(4100)
    expect(alarms.state('errors')).toBe('OK')
    for (let error = 0; error < 6; error += 1) put('HTTPCode_Target_5XX_Count', 1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(alarms.state('errors')).toBe('ALARM')
    await vi.advanceTimersByTimeAsync(6000)
    expect(alarms.state('errors')).toBe('OK')
    expect(told.map(({ message }) => [message['OldStateValue'], message['NewStateValue']])).toEqual([
      ['INSUFFICIENT_DATA', 'OK'],
      ['OK', 'ALARM'],
      ['ALARM', 'OK'],
    ])
    expect(told[1]).toMatchObject({ topic, message: { AlarmName: 'errors' } })
  })

  it('may be set by hand, read back, watched by a composite alarm, and deleted', async () => {
    const { call, alarms } = setUp()
    await call('PutMetricAlarm', input)
    await call('PutCompositeAlarm', { AlarmName: 'any', AlarmRule: 'ALARM(errors) OR ALARM(other)' })
    await call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' })
    await vi.advanceTimersByTimeAsync(2000)
    expect(alarms.state('any')).toBe('ALARM')
    const described = await call<Sdk.DescribeAlarmsOutput>('DescribeAlarms', { AlarmNames: ['errors', 'none'] })
    expect(described.MetricAlarms).toMatchObject([
      {
        AlarmName: 'errors',
        StateValue: 'ALARM',
        StateReason: 'drill',
        Threshold: 5,
        MetricName: 'HTTPCode_Target_5XX_Count',
      },
    ])
    expect(described.CompositeAlarms).toEqual([])
    await call('DeleteAlarms', { AlarmNames: ['errors', 'any'] })
    expect(alarms.state('errors')).toBeUndefined()
    await expect(
      call('SetAlarmState', { AlarmName: 'errors', StateValue: 'OK', StateReason: 'x' }),
    ).rejects.toMatchObject({
      code: 'ResourceNotFound',
    })
  })

  it('come back from a state folder', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'sluice-alarms-'))
    const { call } = setUp(1, stateFolder)
    await call('PutMetricAlarm', input)
    await call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' })
    const { call: callAgain } = setUp(1, stateFolder)
    const described = await callAgain<Sdk.DescribeAlarmsOutput>('DescribeAlarms', {})
    expect(described.MetricAlarms).toMatchObject([
      { AlarmName: 'errors', StateValue: 'ALARM', Threshold: 5, StateUpdatedTimestamp: start },
    ])
    rmSync(stateFolder, { recursive: true })
  })

  it.each([
    [{ ComparisonOperator: 'LessThanLowerThreshold' }, 'ComparisonOperator must be one of'],
    [{ DatapointsToAlarm: 3 }, 'DatapointsToAlarm must be less'],
    [{ Statistic: 'Mean' }, 'not a statistic'],
    [{ Threshold: undefined }, 'Threshold must be a number'],
  ])('refuse %o', async (wrong, message) => {
    const { call } = setUp()
    await expect(call('PutMetricAlarm', { ...input, ...wrong })).rejects.toThrow(message)
  })
})
