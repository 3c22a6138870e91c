import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { readMeasurements } from '../../src/aws/target-group-metrics.ts'

const cloudwatch = mockClient(CloudWatchClient)
const client = new CloudWatchClient({ region: 'us-east-1' })
const service = {
  loadBalancer: 'app/sluice-prod/1',
  canary: 'targetgroup/green/2',
  baseline: 'targetgroup/blue/3',
  slowMilliseconds: 200,
  periodSeconds: 60,
}
const from = new Date('2026-11-21T10:00:30.000Z')
const until = new Date('2026-11-21T10:03:59.000Z')
const minute = (number: number) => new Date(`2026-11-21T10:0${number}:00.000Z`)

describe('readMeasurements', () => {
  beforeEach(() => cloudwatch.reset())

  it('takes an absent counter for zero where requests were counted, and leaves absent hosts absent', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'canary_requests', Timestamps: [minute(1)], Values: [40] },
        { Id: 'canary_slow', Timestamps: [minute(1)], Values: [3] },
        { Id: 'baseline_requests', Timestamps: [minute(1)], Values: [120] },
        { Id: 'baseline_healthyHosts', Timestamps: [minute(1)], Values: [2] },
      ],
    })
    expect(await readMeasurements(client, service, from, until)).toEqual([
      {
        start: '2026-11-21T10:01:00.000Z',
        seconds: 60,
        canary: { requests: 40, errors: 0, connectionErrors: 0, slow: 3 },
        baseline: { requests: 120, errors: 0, connectionErrors: 0, slow: 0, healthyHosts: 2 },
        loadBalancerErrors: 0,
      },
    ])
  })

  it('asks for whole periods only, in the names and dimensions of the load balancer', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] })
    await readMeasurements(client, service, from, until)
    const input = cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input
    expect(input).toMatchObject({ StartTime: minute(0), EndTime: minute(3) })
    expect(input?.MetricDataQueries?.find(({ Id }) => Id === 'canary_slow')?.MetricStat).toEqual({
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'TargetResponseTime',
        Dimensions: [
          { Name: 'TargetGroup', Value: 'targetgroup/green/2' },
          { Name: 'LoadBalancer', Value: 'app/sluice-prod/1' },
        ],
      },
      Period: 60,
      Stat: 'TC(0.2:)',
    })
  })

  it('joins pages', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolvesOnce({
        MetricDataResults: [{ Id: 'canary_requests', Timestamps: [minute(0)], Values: [1] }],
        NextToken: 'x',
      })
      .resolvesOnce({ MetricDataResults: [{ Id: 'canary_requests', Timestamps: [minute(1)], Values: [2] }] })
    const rows = await readMeasurements(client, service, from, until)
    expect(rows.map(({ canary }) => canary.requests)).toEqual([1, 2])
  })

  it('throws when CloudWatch could not read: an outage is no zero', async () => {
    const Messages = [{ Code: 'InternalError', Value: 'try later' }]
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [{ Id: 'canary_errors', StatusCode: 'InternalError', Messages }] })
    await expect(readMeasurements(client, service, from, until)).rejects.toThrow(
      'canary_errors (InternalError): try later',
    )
  })
})
