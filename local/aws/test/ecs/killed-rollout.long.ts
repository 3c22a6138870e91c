import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import {
  ContinueServiceDeploymentCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
} from '@aws-sdk/client-ecs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPortChooser } from '../../src/ecs/task/free-port.ts'
import { whyNoNamespaces } from '../../src/runtime/process/probe.ts'
import { nodeImage } from '../runtime/tiny-image.ts'
import { pushImage } from './push-image.ts'
import { linear, program, traffic } from './real-world.ts'

const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

interface Started {
  readonly url: string
  readonly environment: Readonly<Record<string, string>>
}

describe.skipIf(unavailable !== undefined && !isRequired)(`a killed rollout ${unavailable ?? ''}`, () => {
  let folder: string
  let emulator: ChildProcess
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-aws-'))
  })
  afterEach(async () => {
    if (emulator.exitCode === null && emulator.signalCode === null && emulator.kill('SIGTERM'))
      await once(emulator, 'exit')
    rmSync(folder, { recursive: true, force: true })
  })

  async function start(port: string): Promise<Started> {
    const script = fileURLToPath(new URL('emulator-to-kill.ts', import.meta.url))
    emulator = spawn(process.execPath, [script, join(folder, 'state'), port], { stdio: ['ignore', 'pipe', 'inherit'] })
    if (!emulator.stdout) throw new Error('expected the output of the emulator')
    const line = once(createInterface({ input: emulator.stdout }), 'line') as Promise<[string]>
    const ended = once(emulator, 'exit').then(([code]) => {
      throw new Error(`the emulator ended with exit code ${String(code)} before it was up`)
    })
    ended.catch(() => undefined)
    return JSON.parse((await Promise.race([line, ended]))[0]) as Started
  }

  function clientsOf({ url, environment }: Started) {
    const options = {
      endpoint: url,
      region: environment['AWS_REGION'] ?? '',
      credentials: {
        accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    }
    return {
      ecs: new ECSClient(options),
      ecr: new ECRClient(options),
      elb: new ElasticLoadBalancingV2Client(options),
    }
  }

  async function balancer(elb: ElasticLoadBalancingV2Client) {
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'web', Subnets: ['a', 'b'] }))
    const groups: string[] = []
    for (const Name of ['blue', 'green']) {
      const { TargetGroups } = await elb.send(
        new CreateTargetGroupCommand({
          Name,
          Port: 80,
          Protocol: 'HTTP',
          TargetType: 'ip',
          HealthCheckPath: '/health',
          HealthCheckIntervalSeconds: 10,
        }),
      )
      groups.push(TargetGroups?.[0]?.TargetGroupArn ?? '')
    }
    const listeners = []
    for (const Port of [80, 81]) {
      const { Listeners } = await elb.send(
        new CreateListenerCommand({
          LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
          Port,
          Protocol: 'HTTP',
          DefaultActions: [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: groups.map((TargetGroupArn, index) => ({ TargetGroupArn, Weight: 1 - index })),
              },
            },
          ],
        }),
      )
      const listener = Listeners?.[0]
      const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn: listener?.ListenerArn }))
      listeners.push({ rule: Rules?.[0]?.RuleArn ?? '', url: `http://127.0.0.1:${listener?.Port}` })
    }
    const [production, test] = listeners
    if (!production || !test) throw new Error('expected two listeners')
    return { groups, production, test }
  }

  it('goes on where it was: weights, pause and tasks are there again, and it lands', async () => {
    // One that is still free when it is started anew.
    const first = await start(String(await createPortChooser()()))
    const { ecs, ecr, elb } = clientsOf(first)
    let current = ecs
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'web' }))
    const digest = await pushImage(
      first.url,
      'web',
      await nodeImage(folder, {}, [{ name: 'app/main.mjs', text: program }]),
    )
    const image = `${new URL(first.url).host}/web@${digest}`
    const { groups, production, test } = await balancer(elb)
    await ecs.send(new CreateClusterCommand({ clusterName: 'dev' }))
    const register = async (release: string) => {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          memory: '256',
          containerDefinitions: [
            {
              name: 'web',
              image,
              command: ['main.mjs'],
              environment: [{ name: 'RELEASE', value: release }],
              portMappings: [{ containerPort: 8080 }],
            },
          ],
        }),
      )
      return taskDefinition?.taskDefinitionArn
    }
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'dev',
        serviceName: 'web',
        taskDefinition: await register('one'),
        desiredCount: 2,
        loadBalancers: [
          {
            targetGroupArn: groups[0],
            containerName: 'web',
            containerPort: 8080,
            advancedConfiguration: {
              alternateTargetGroupArn: groups[1],
              productionListenerRule: production.rule,
              testListenerRule: test.rule,
              roleArn: 'arn:aws:iam::000000000000:role/ecs',
            },
          },
        ],
        deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
      }),
    )
    const latest = async (client: ECSClient) => {
      const { serviceDeployments } = await client.send(
        new ListServiceDeploymentsCommand({ cluster: 'dev', service: 'web' }),
      )
      const serviceDeploymentArns = [serviceDeployments?.[0]?.serviceDeploymentArn ?? '']
      const described = await client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))
      return described.serviceDeployments?.[0]
    }
    const until = async <T>(what: string, read: () => Promise<T | undefined>): Promise<T> => {
      for (let attempt = 0; attempt < 480; attempt++) {
        const value = await read()
        if (value != null) return value
        await sleep(250)
      }
      const { services } = await current.send(new DescribeServicesCommand({ cluster: 'dev', services: ['web'] }))
      const events = (services?.[0]?.events ?? []).map(({ message }) => message)
      throw new Error(`two minutes passed without: ${what}\n${events.join('\n')}`)
    }
    const pausedIn = (client: ECSClient) => async () => {
      const deployment = await latest(client)
      const hook = deployment?.lifecycleHookDetails?.find(({ status }) => status === 'AWAITING_ACTION')
      return hook && { serviceDeploymentArn: deployment?.serviceDeploymentArn, hookId: hook.hookId }
    }
    const reached = (client: ECSClient, wanted: string) => async () =>
      (await latest(client))?.status === wanted ? true : undefined
    await until('a first deployment', reached(ecs, 'SUCCESSFUL'))
    const hooks = [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }]
    const deploymentConfiguration = { ...linear, lifecycleHooks: hooks } as DeploymentConfiguration
    await ecs.send(
      new UpdateServiceCommand({
        cluster: 'dev',
        service: 'web',
        taskDefinition: await register('two'),
        deploymentConfiguration,
      }),
    )
    await ecs.send(new ContinueServiceDeploymentCommand(await until('the first pause', pausedIn(ecs))))
    await until('the second pause', async () =>
      (await latest(ecs))?.targetServiceRevision?.requestedProductionTrafficWeight === 25 ? pausedIn(ecs)() : undefined,
    )

    emulator.kill('SIGKILL')
    await once(emulator, 'exit')
    const again = clientsOf(await start(new URL(first.url).port))

    current = again.ecs
    const before = await latest(again.ecs)
    expect(before?.status).toBe('IN_PROGRESS')
    expect(before?.targetServiceRevision?.requestedProductionTrafficWeight).toBe(25)
    await until('four tasks', async () => {
      const { services } = await again.ecs.send(new DescribeServicesCommand({ cluster: 'dev', services: ['web'] }))
      return services?.[0]?.runningCount === 4 ? true : undefined
    })
    await until('an answer', async () => ((await fetch(production.url).catch(() => undefined))?.ok ? true : undefined))
    const stop = traffic(production.url)
    for (let step = 0; step < 3; step++) {
      await again.ecs.send(new ContinueServiceDeploymentCommand(await until(`pause ${step}`, pausedIn(again.ecs))))
    }
    await until('the end', reached(again.ecs, 'SUCCESSFUL'))
    expect(Object.keys(await stop()).sort()).toEqual(['one', 'two'])
    expect(await (await fetch(production.url)).text()).toBe('two')
  }, 500_000)
})
