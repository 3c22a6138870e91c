import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { emulatorClock } from '../../src/clock.ts'
import { createEcs } from '../../src/ecs/create-ecs.ts'
import { findRuntime } from '../../src/runtime/find-runtime.ts'
import { balancedService, weighted } from '../elbv2/balanced-service.ts'
import { nodeImage } from '../runtime/tiny-image.ts'
import { until } from '../until.ts'
import { call } from './fakes.ts'

const speed = 60

/** A web service of a few lines that behaves as its RELEASE says. */
export const program = `
import { createServer } from 'node:http'
const release = process.env.RELEASE
if (release === 'crash') { console.log('cannot go on'); process.exit(3) }
const server = createServer((request, response) => {
  const broken = release === 'never-healthy' && request.url === '/health'
  response.writeHead(broken ? 500 : 200).end(release)
})
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

/** ECS over real processes and real listeners, with a service `web` of release `one` that is being deployed. */
export async function startWorld(folder: string) {
  const image = await nodeImage(folder, {}, [{ name: 'app/main.mjs', text: program }])
  const found = await findRuntime({ wanted: 'process', stateFolder: folder })
  if (!found.available) throw new Error(found.reason)
  const { runtime } = found

  const elb = await balancedService(speed)
  const quick = { HealthCheckIntervalSeconds: 10, UnhealthyThresholdCount: 2 }
  const blue = await elb.group('blue', quick)
  const green = await elb.group('green', quick)
  const production = await elb.listen(weighted([blue, 1], [green, 0]), 80)
  const test = await elb.listen(weighted([blue, 1], [green, 0]), 81)
  const lines: string[] = []
  const ecs = createEcs({
    clock: emulatorClock(speed),
    stateFolder: mkdtempSync(join(folder, 'state-')),
    region: 'us-east-1',
    account: '000000000000',
    runtime,
    images: { image: () => Promise.resolve(image) },
    balancing: elb.balancing,
    metrics: elb.metrics,
    alarms: { state: () => undefined },
    readLag: 0,
    secrets: { value: () => undefined },
    parameters: { value: () => undefined },
    agent: { environment: () => Promise.resolve({}), forget: () => undefined },
    logs: { append: (_group, _stream, line) => void lines.push(line) },
  })
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers freely
  const send = async (operation: string, input: object): Promise<any> =>
    ecs.service.operations[operation]?.(input as never, call)
  await send('CreateCluster', { clusterName: 'dev' })
  const register = async (release: string): Promise<string> => {
    const container = {
      name: 'web',
      image: 'registry/web@sha256:0',
      command: ['main.mjs'],
      environment: [{ name: 'RELEASE', value: release }],
      portMappings: [{ containerPort: 8080 }],
      readonlyRootFilesystem: true,
    }
    const answer = await send('RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [container],
      memory: '256',
    })
    return answer.taskDefinition.taskDefinitionArn
  }
  await send('CreateService', {
    cluster: 'dev',
    serviceName: 'web',
    taskDefinition: await register('one'),
    desiredCount: 2,
    healthCheckGracePeriodSeconds: 60,
    loadBalancers: [
      {
        targetGroupArn: blue,
        containerName: 'web',
        containerPort: 8080,
        advancedConfiguration: {
          alternateTargetGroupArn: green,
          productionListenerRule: production.arn,
          testListenerRule: test.arn,
        },
      },
    ],
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
  })
  const deployment = async () => {
    const { services } = await send('DescribeServices', { cluster: 'dev', services: ['web'] })
    const arns = [services[0].currentServiceDeployment]
    return (await send('DescribeServiceDeployments', { serviceDeploymentArns: arns })).serviceDeployments[0]
  }
  /** Waits until the deployment is so, and gives it as it is then. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers freely
  const deploymentThat = async (what: string, isSo: (now: any) => boolean): Promise<any> => {
    let now = await deployment()
    await until(
      what,
      async () => isSo((now = await deployment())),
      () => ({ deployment: now, said: lines.slice(-20) }),
      // As often as ECS lets one describe.
      100,
    )
    return now
  }
  const over = () => deploymentThat('a deployment that is over', (now) => now.finishedAt != null)
  return {
    elb,
    ecs,
    send,
    register,
    deploymentThat,
    over,
    lines,
    urls: { production: production.url, test: test.url },
    close,
  }
  async function close() {
    await ecs.close()
    await elb.close()
  }
}

/** Asks all the time; counts answers by release, and failures by what they are. Returns what ends it. */
export function traffic(url: string) {
  const seen = new Map<string, number>()
  const ending = new AbortController()
  const done = (async () => {
    while (!ending.signal.aborted) {
      const answer = await fetch(url).then(
        async (response) => (response.ok ? await response.text() : `status ${response.status}`),
        (error: unknown) => String(error),
      )
      seen.set(answer, (seen.get(answer) ?? 0) + 1)
      await sleep(2)
    }
  })()
  return async () => {
    ending.abort()
    await done
    return Object.fromEntries(seen)
  }
}

export const linear = {
  strategy: 'LINEAR',
  bakeTimeInMinutes: 1,
  linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 },
  deploymentCircuitBreaker: { enable: true, rollback: true },
}
