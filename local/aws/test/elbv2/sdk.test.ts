import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch'
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { emulatorClock } from '../../src/clock.ts'
import { createCloudWatch } from '../../src/cloudwatch/create-cloudwatch.ts'
import { createLoadBalancing } from '../../src/elbv2/create-load-balancing.ts'
import { createCallLog } from '../../src/endpoint/call-log.ts'
import { startEndpoint } from '../../src/endpoint/server.ts'
import { createSessions } from '../../src/endpoint/sessions.ts'
import { until } from '../until.ts'

/** Unmodified SDKs against the wire: shapes, types, times and errors. */
describe('the SDKs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-elb-sdk-'))
  const account = '000000000000'
  const region = 'us-east-1'
  const clock = emulatorClock(60)
  const cloudwatch = createCloudWatch({ clock, notify: () => undefined })
  const place = { clock, metrics: cloudwatch.metrics, nextPort: () => 0, region, account }
  const balancing = createLoadBalancing(place)
  const target = createServer((incoming, response) =>
    response.writeHead(incoming.url === '/bad' ? 500 : 200).end('hello'),
  )
  let close: () => Promise<void>
  let client: elb.ElasticLoadBalancingV2Client
  let metrics: CloudWatchClient

  beforeAll(async () => {
    const sessions = createSessions(account, () => new Date())
    const log = createCallLog(join(folder, 'calls.jsonl'), () => new Date())
    const services = { elasticloadbalancing: balancing.service, cloudwatch: cloudwatch.service }
    const endpoint = await startEndpoint(0, { account, region, sessions, log, services, others: [] })
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    const config = { endpoint: endpoint.url, region, credentials: sessions.administrator }
    client = new elb.ElasticLoadBalancingV2Client(config)
    metrics = new CloudWatchClient(config)
    close = () => endpoint.close()
  })
  afterAll(async () => {
    await balancing.close()
    cloudwatch.close()
    target.close()
    await close()
    rmSync(folder, { recursive: true })
  })

  it('create, describe and shift a weighted rule, and read the traffic that it carried', async () => {
    const { LoadBalancers } = await client.send(new elb.CreateLoadBalancerCommand({ Name: 'web', Subnets: ['a', 'b'] }))
    const [loadBalancer] = LoadBalancers ?? []
    expect(loadBalancer?.CreatedTime).toBeInstanceOf(Date)
    expect(loadBalancer?.AvailabilityZones).toHaveLength(2)
    const groups = await Promise.all(
      ['blue', 'green'].map(async (Name) => {
        const input = { Name, Port: 80, Protocol: 'HTTP', TargetType: 'ip', HealthCheckIntervalSeconds: 10 } as const
        const { TargetGroups } = await client.send(new elb.CreateTargetGroupCommand(input))
        return TargetGroups?.[0]
      }),
    )
    const [blue, green] = groups.map((group) => group?.TargetGroupArn)
    expect(groups[0]).toMatchObject({
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 10,
      Matcher: { HttpCode: '200' },
    })
    const forward = (weight: number): elb.Action[] => [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: weight },
            { TargetGroupArn: green, Weight: 100 - weight },
          ],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ]
    const fixed = { MessageBody: 'nothing here', StatusCode: '404', ContentType: 'text/plain' }
    const { Listeners } = await client.send(
      new elb.CreateListenerCommand({
        LoadBalancerArn: loadBalancer?.LoadBalancerArn,
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: fixed }],
      }),
    )
    const listener = Listeners?.[0]
    const { Rules } = await client.send(
      new elb.CreateRuleCommand({
        ListenerArn: listener?.ListenerArn,
        Priority: 10,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
        Actions: forward(0),
      }),
    )
    const RuleArn = Rules?.[0]?.RuleArn
    await client.send(new elb.ModifyRuleCommand({ RuleArn, Actions: forward(100) }))
    const described = await client.send(new elb.DescribeRulesCommand({ ListenerArn: listener?.ListenerArn }))
    expect(described.Rules?.map(({ Priority, IsDefault }) => [Priority, IsDefault])).toEqual([
      ['10', false],
      ['default', true],
    ])
    expect(described.Rules?.[0]?.Actions?.[0]?.ForwardConfig).toEqual(forward(100)[0]?.ForwardConfig)

    const { port } = target.address() as AddressInfo
    const register = { TargetGroupArn: blue, Targets: [{ Id: '127.0.0.1', Port: port }] }
    await client.send(new elb.RegisterTargetsCommand(register))
    const health = async () => {
      const { TargetHealthDescriptions } = await client.send(
        new elb.DescribeTargetHealthCommand({ TargetGroupArn: blue }),
      )
      return TargetHealthDescriptions?.[0]
    }
    await until('a healthy target', async () => (await health())?.TargetHealth?.State === 'healthy')
    expect((await health())?.Target).toEqual({ Id: '127.0.0.1', Port: port })
    const url = `http://${loadBalancer?.DNSName}:${listener?.Port}`
    const from = new Date()
    for (const path of ['/', '/', '/bad']) await (await fetch(url + path)).text()

    const Dimensions = [
      { Name: 'TargetGroup', Value: blue?.split(':').at(-1) },
      { Name: 'LoadBalancer', Value: loadBalancer?.LoadBalancerArn?.split(':loadbalancer/')[1] },
    ]
    const query = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period: 60, Stat },
    })
    const { MetricDataResults } = await metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(from.getTime() - 60_000),
        EndTime: new Date(from.getTime() + 60_000),
        MetricDataQueries: [
          query('requests', 'RequestCount', 'Sum'),
          query('errors', 'HTTPCode_Target_5XX_Count', 'Sum'),
          query('slow', 'TargetResponseTime', 'TC(5:)'),
        ],
      }),
    )
    const totals = MetricDataResults?.map(({ Id, Values }) => [
      Id,
      (Values ?? []).reduce((sum, value) => sum + value, 0),
    ])
    expect(totals).toEqual([
      ['requests', 3],
      ['errors', 1],
      ['slow', 0],
    ])
    expect(MetricDataResults?.[0]?.Timestamps?.[0]).toBeInstanceOf(Date)
    await client.send(new elb.DeregisterTargetsCommand(register))
    await until('no target', async () => (await health()) === undefined)
  })

  it('get the errors of AWS by name', async () => {
    const unknown = client.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn: 'arn:none' }))
    await expect(unknown).rejects.toThrow(elb.TargetGroupNotFoundException)
    const weight = [
      { Type: 'forward' as const, ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:none', Weight: 1000 }] } },
    ]
    const [loadBalancer] = (await client.send(new elb.DescribeLoadBalancersCommand({}))).LoadBalancers ?? []
    const input = { LoadBalancerArn: loadBalancer?.LoadBalancerArn, Port: 81, DefaultActions: weight }
    await expect(client.send(new elb.CreateListenerCommand(input))).rejects.toThrow('Weight must be a whole number')
  })

  it('put and read alarms', async () => {
    await metrics.send(
      new PutMetricAlarmCommand({
        AlarmName: 'errors',
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'HTTPCode_ELB_5XX_Count',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    )
    const { MetricAlarms } = await metrics.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }))
    expect(MetricAlarms).toHaveLength(1)
    expect(MetricAlarms?.[0]).toMatchObject({ AlarmName: 'errors', Threshold: 1, ActionsEnabled: true })
    expect(MetricAlarms?.[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date)
  })
})
