import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Environment } from '@sluice/core/environment/environment'
import { environmentSchema } from '@sluice/core/environment/environment'
import { serviceSchema, type Service } from '@sluice/core/environment/service'
import { names } from '@sluice/core/names'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'
import { emulatorClock } from '../../local/aws/src/clock.ts'
import type { Sample } from '../../local/aws/src/cloudwatch/metric-store.ts'
import { createEcs } from '../../local/aws/src/ecs/create-ecs.ts'
import { createLoadBalancing } from '../../local/aws/src/elbv2/create-load-balancing.ts'
import { AwsError, type Call, type Operation } from '../../local/aws/src/endpoint/service.ts'
import type { ContainerExit, TaskRuntime } from '../../local/aws/src/runtime/task-runtime.ts'
import type { AwsClients } from '../src/aws/clients.ts'

const account = '000000000000'
const region = 'us-east-1'
const speed = 60

const caller: Call = {
  account,
  region,
  principal: { account, arn: `arn:aws:iam::${account}:root`, accessKeyId: 'local' },
  requestId: 'local',
  endpoint: 'http://127.0.0.1',
}

export const digestOf = (release: string) => `sha256:${Buffer.from(release).toString('hex').padEnd(64, '0')}`

/** Releases by what their tasks do: their name comes first in the version. */
type Behaviour = 'healthy' | 'errors' | 'never-healthy'

/** A service of the local environments; `release` names its behaviour, and makes an image and a version of its own. */
export function aLocalService(release: `${Behaviour}${string}`, rollout: object, changes: object = {}): Service {
  return serviceSchema.parse({
    kind: 'web',
    release: { image: `web@${digestOf(release)}`, commit: 'c'.repeat(40), version: `1.0.0-${release}` },
    task: { cpu: 256, memory: 512 },
    rollout,
    analysis: { interval: '1s', timeout: '2m', ceiling: { errors: '3%' }, metrics: ['errors', 'target-health'] },
    ...changes,
  })
}

/**
 * The local ECS and load balancers, in process and under real traffic, behind the clients that the adapters are given. Tasks
 * are servers in this process; everything between the adapters and them is what `npm start` runs.
 */
export async function startLocalWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-actions-'))
  const clock = emulatorClock(speed)
  const samples: Sample[] = []
  const metrics = { put: (sample: Sample) => void samples.push(sample) }
  const elb = createLoadBalancing({ clock, metrics, nextPort: () => 0, region, account })
  const ecs = createEcs({
    clock,
    stateFolder: folder,
    region,
    account,
    runtime: inProcessRuntime(),
    images: {
      image: async (reference) => ({ reference, digest: reference.split('@')[1] ?? '', config: {}, layers: [] }),
    },
    balancing: elb.balancing,
    metrics,
    alarms: { state: () => undefined },
    secrets: { value: () => undefined },
    parameters: { value: () => undefined },
    agent: { environment: () => Promise.resolve({}), forget: () => undefined },
    logs: { append: () => {} },
  })
  const parameters = new Map<string, string>()
  const clients = {
    region,
    ecs: client(ecs.service.operations),
    elb: client(elb.service.operations),
    cloudwatch: client({ GetMetricData: (input: MetricQuery) => readSamples(samples, input) }),
    ssm: client(parameterOperations(parameters)),
    // This world is made without stacks.
    cloudformation: client({
      DescribeStacks: ({ StackName }: { StackName: string }) => {
        throw new AwsError('ValidationError', `Stack with id ${StackName} does not exist`)
      },
    }),
    ecr: client({ BatchGetImage: () => ({ images: [{}] }) }),
    logs: client({ GetLogEvents: () => ({ events: [] }) }),
  } as unknown as AwsClients
  const call = async <Output>(of: 'ecs' | 'elb', name: string, input: object): Promise<Output> => {
    const operation = (of === 'ecs' ? ecs : elb).service.operations[name]
    return (await operation?.(input as never, caller)) as Output
  }

  const skeleton = await provision(call)
  parameters.set(names.taskSkeletonParameter('prod', 'web'), JSON.stringify(skeleton))
  const environment: Environment = environmentSchema.parse({ account, regions: [region], imageHost: 'local' })
  return { clients, parameters, environment, skeleton, call, close }

  async function close(): Promise<void> {
    await ecs.close()
    await elb.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An operation of ECS or ELBv2 by name. */
export type Provision = <Output>(of: 'ecs' | 'elb', name: string, input: object) => Promise<Output>

/** What infra's templates make: balancer, listeners, rules, two target groups, cluster, and the service on its first image. */
export async function provision(
  call: Provision,
  firstImage = `local/web@${digestOf('healthy-first')}`,
): Promise<TaskSkeleton> {
  const group = async (side: 'blue' | 'green') => {
    const { TargetGroups } = await call<{ TargetGroups: Array<{ TargetGroupArn: string }> }>(
      'elb',
      'CreateTargetGroup',
      {
        Name: names.targetGroup('prod', 'web', side),
        Port: 80,
        Protocol: 'HTTP',
        TargetType: 'ip',
        HealthCheckPath: '/health',
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 2,
        HealthCheckIntervalSeconds: 10,
      },
    )
    return TargetGroups[0]?.TargetGroupArn ?? ''
  }
  const blue = await group('blue')
  const green = await group('green')
  const { LoadBalancers } = await call<{ LoadBalancers: Array<{ LoadBalancerArn: string }> }>(
    'elb',
    'CreateLoadBalancer',
    {
      Name: names.loadBalancer('prod'),
      Subnets: ['a', 'b'],
    },
  )
  const rule = async (port: number, weights: readonly [number, number]) => {
    const forward = [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: weights[0] },
            { TargetGroupArn: green, Weight: weights[1] },
          ],
        },
      },
    ]
    const { Listeners } = await call<{ Listeners: Array<{ ListenerArn: string }> }>('elb', 'CreateListener', {
      LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
      Port: port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    })
    const { Rules } = await call<{ Rules: Array<{ RuleArn: string }> }>('elb', 'CreateRule', {
      ListenerArn: Listeners[0]?.ListenerArn,
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: forward,
    })
    return Rules[0]?.RuleArn ?? ''
  }
  const loadBalancing = {
    targetGroupArn: blue,
    alternateTargetGroupArn: green,
    productionListenerRule: await rule(80, [1, 0]),
    testListenerRule: await rule(81, [1, 0]),
    roleArn: `arn:aws:iam::${account}:role/ecs`,
  }
  const family = names.taskFamily('prod', 'web')
  await call('ecs', 'CreateCluster', { clusterName: names.cluster('prod') })
  await call('ecs', 'RegisterTaskDefinition', {
    family,
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: firstImage,
        environment: [{ name: 'SLUICE_RELEASE_VERSION', value: '1.0.0-healthy-first' }],
        portMappings: [{ containerPort: 8080 }],
      },
    ],
  })
  const { targetGroupArn, ...advancedConfiguration } = loadBalancing
  await call('ecs', 'CreateService', {
    cluster: names.cluster('prod'),
    serviceName: names.service('prod', 'web'),
    taskDefinition: family,
    desiredCount: 2,
    healthCheckGracePeriodSeconds: 60,
    loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 8080, advancedConfiguration }],
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
  })
  await untilStable(call)
  return {
    version: 1,
    family,
    executionRoleArn: `arn:aws:iam::${account}:role/execution`,
    taskRoleArn: `arn:aws:iam::${account}:role/task`,
    containerName: 'web',
    containerPort: 8080,
    logGroup: names.logGroup('prod', 'web'),
    region,
    readonlyRootFilesystem: true,
    stopTimeoutSeconds: 30,
    sideCars: [],
    network: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
    loadBalancing,
  }
}

async function untilStable(call: Provision): Promise<void> {
  let last: unknown
  for (const until = performance.now() + 180_000; performance.now() < until; await sleep(100)) {
    const { serviceDeployments } = await call<{ serviceDeployments: Array<{ status: string }> }>(
      'ecs',
      'ListServiceDeployments',
      {
        cluster: names.cluster('prod'),
        service: names.service('prod', 'web'),
      },
    )
    if (serviceDeployments[0]?.status === 'SUCCESSFUL') return
    last = serviceDeployments[0]
  }
  throw new Error(`expected a first deployment within three minutes, found ${JSON.stringify(last)}`)
}

/** What an adapter calls a client: `send` finds the operation by the command's name. */
function client(operations: Readonly<Record<string, Operation>>) {
  return {
    async send(command: object & { input?: unknown }) {
      const name = command.constructor.name.replace(/Command$/, '')
      const operation = operations[name]
      if (!operation) throw new Error(`the local world has no operation ${name}`)
      try {
        return await operation(command.input as never, caller)
      } catch (error) {
        if (error instanceof AwsError)
          throw Object.assign(new Error(error.message, { cause: error }), { name: error.code })
        throw error
      }
    },
  }
}

/** Tasks as servers of this process. A command is a migration and exits at once. */
function inProcessRuntime(): TaskRuntime {
  return {
    name: 'process',
    sweep: async () => {},
    async start({ environment, port, command }) {
      if (command != null) return { exited: Promise.resolve({ exitCode: 0 }), stop: async () => ({ exitCode: 0 }) }
      const version = environment['SLUICE_RELEASE_VERSION'] ?? ''
      let answered = 0
      const server = createServer(({ url }, response) => {
        const isHealth = url === '/health'
        const isBroken = isHealth
          ? version.includes('never-healthy')
          : version.includes('errors') && ++answered % 4 === 0
        response.writeHead(isBroken ? 500 : 200).end(version)
      })
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      const { promise: exited, resolve: exit } = Promise.withResolvers<ContainerExit>()
      return {
        exited,
        stop() {
          server.close(() => exit({ exitCode: 0 }))
          server.closeIdleConnections()
          return exited
        },
      }
    },
  }
}

interface MetricQuery {
  readonly MetricDataQueries: readonly MetricDataQuery[]
  readonly StartTime: Date
  readonly EndTime: Date
}

/** The statistics that the adapters ask CloudWatch for, over what the load balancers reported. */
function readSamples(samples: readonly Sample[], { MetricDataQueries, StartTime, EndTime }: MetricQuery) {
  return {
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => {
      const { Metric, Period = 60, Stat = '' } = MetricStat ?? {}
      const dimensions = Object.fromEntries(
        (Metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]),
      )
      const periods = new Map<number, number[]>()
      for (const sample of samples) {
        if (sample.name !== Metric?.MetricName || sample.time < StartTime || sample.time >= EndTime) continue
        if (!isDeepStrictEqual({ ...sample.dimensions }, dimensions)) continue
        const period = Math.floor(sample.time.getTime() / 1000 / Period) * Period * 1000
        periods.set(period, [...(periods.get(period) ?? []), sample.value])
      }
      const points = [...periods].sort(([a], [b]) => a - b)
      return {
        Id,
        Timestamps: points.map(([time]) => new Date(time)),
        Values: points.map(([, values]) => statistic(Stat, values)),
      }
    }),
  }
}

function statistic(name: string, values: readonly number[]): number {
  if (name === 'Maximum') return Math.max(...values)
  if (name === 'Minimum') return Math.min(...values)
  const above = /^TC\(([\d.]+):\)$/.exec(name)?.[1]
  if (above != null) return values.filter((value) => value > Number(above)).length
  return values.reduce((sum, value) => sum + value, 0)
}

function parameterOperations(parameters: Map<string, string>): Readonly<Record<string, Operation>> {
  return {
    GetParameter: ({ Name }: { Name: string }) => {
      const Value = parameters.get(Name)
      if (Value == null) throw new AwsError('ParameterNotFound', Name)
      return { Parameter: { Name, Value } }
    },
    PutParameter: ({ Name, Value }: { Name: string; Value: string }) => {
      parameters.set(Name, Value)
      return {}
    },
  }
}

/**
 * Requests at a rate until it is ended; counts answers by status and by the release that gave them. Resolves when so many were
 * answered that it can be measured, with what ends it.
 */
export async function traffic(url: string, perSecond: number): Promise<() => Promise<Record<string, number>>> {
  const seen = new Map<string, number>()
  const pending = new Set<Promise<void>>()
  const timer = setInterval(() => {
    for (let count = 0; count < perSecond / 20; count++) {
      const request: Promise<void> = fetch(url)
        .then(
          async (response) => `${response.status} ${await response.text()}`,
          (error: unknown) => String(error),
        )
        .then((key) => void seen.set(key, (seen.get(key) ?? 0) + 1))
        .finally(() => pending.delete(request))
      pending.add(request)
    }
  }, 50)
  const stop = async () => {
    clearInterval(timer)
    await Promise.all(pending)
    return Object.fromEntries(seen)
  }
  const answered = () => [...seen.values()].reduce((sum, count) => sum + count, 0)
  for (const until = performance.now() + 120_000; answered() < perSecond * 2.5; await sleep(50)) {
    if (performance.now() < until) continue
    throw new Error(`expected ${perSecond * 2.5} answers within two minutes, found ${JSON.stringify(await stop())}`)
  }
  return stop
}
