import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'

import { emulatorClock } from '../../src/clock.ts'
import type { MetricStore, Sample } from '../../src/cloudwatch/metric-store.ts'
import { createLoadBalancing } from '../../src/elbv2/create-load-balancing.ts'
import type { Operation } from '../../src/endpoint/service.ts'
import { until } from '../until.ts'

/** Keeps what is reported. */
export class MetricsFake implements MetricStore {
  readonly samples: Sample[] = []
  put(sample: Sample): void {
    this.samples.push(sample)
  }

  /** The sum of a metric over series whose dimensions are named exactly so. */
  sum(name: string, ...dimensions: string[]): number {
    const wanted = dimensions.toSorted().join()
    return this.samples
      .filter((sample) => sample.name === name && Object.keys(sample.dimensions).toSorted().join() === wanted)
      .reduce((total, sample) => total + sample.value, 0)
  }
}

/** A server on a free port, as a task would be. */
export async function target(
  listener: RequestListener,
): Promise<{ port: number; server: Server; close(): Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: (server.address() as AddressInfo).port, server, close }
}

/** A load balancer with two target groups, and calls to its API by name. */
export async function balancedService(speed = 100, stateFolder?: string) {
  const metrics = new MetricsFake()
  const made = createLoadBalancing({
    clock: emulatorClock(speed),
    metrics,
    nextPort: () => 0,
    region: 'us-east-1',
    account: '000000000000',
    ...(stateFolder === undefined ? {} : { stateFolder }),
  })
  const call = async <Output>(name: string, input: object): Promise<Output> => {
    const operation: Operation | undefined = made.service.operations[name]
    if (!operation) throw new Error(`No operation ${name}`)
    return (await operation(input as never, undefined as never)) as Output
  }
  const created = await call<Sdk.CreateLoadBalancerOutput>('CreateLoadBalancer', { Name: 'web', Subnets: ['a', 'b'] })
  const loadBalancerArn = created.LoadBalancers?.[0]?.LoadBalancerArn ?? ''
  const group = async (name: string, more: object = {}) => {
    const input = {
      Name: name,
      Port: 80,
      Protocol: 'HTTP',
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthyThresholdCount: 2,
    }
    const output = await call<Sdk.CreateTargetGroupOutput>('CreateTargetGroup', { ...input, ...more })
    return output.TargetGroups?.[0]?.TargetGroupArn ?? ''
  }
  const listen = async (actions: Sdk.Action[], Port = 80) => {
    const output = await call<Sdk.CreateListenerOutput>('CreateListener', {
      LoadBalancerArn: loadBalancerArn,
      Port,
      Protocol: 'HTTP',
      DefaultActions: actions,
    })
    const listener = output.Listeners?.[0]
    return { arn: listener?.ListenerArn ?? '', url: `http://127.0.0.1:${listener?.Port}` }
  }
  const untilHealthy = (arn: string, count: number) => {
    const health = () => made.balancing.health(arn)
    const isSo = () => health().filter(({ state }) => state === 'healthy').length >= count
    return until(`${count} healthy targets`, isSo, health)
  }
  return { ...made, metrics, call, group, listen, untilHealthy, loadBalancerArn }
}

/** The forward action over groups with weights. */
export function weighted(...groups: ReadonlyArray<readonly [arn: string, weight: number]>): Sdk.Action[] {
  const TargetGroups = groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }))
  return [{ Type: 'forward', ForwardConfig: { TargetGroups } }]
}
