import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type LocalAws, startAws } from '../src/index.ts'
import { whyNoNamespaces } from '../src/runtime/process/probe.ts'
import { program } from './ecs/real-world.ts'
import { nodeImage } from './runtime/tiny-image.ts'

const run = promisify(execFile)
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'
const missing = (() => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' })
    return whyNoNamespaces()
  } catch {
    return 'needs aws on PATH'
  }
})()
const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-service-'))
let aws: LocalAws

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers freely
async function cli(service: string, operation: string, input: object = {}): Promise<any> {
  // Nothing of the caller: no profile, no region, no keys but those that the endpoint hands out.
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...aws.environment() }
  const args = [service, operation, '--cli-input-json', JSON.stringify(input), '--output', 'json']
  const { stdout } = await run('aws', args, { env })
  return stdout === '' ? undefined : JSON.parse(stdout)
}

/** Pushes the web service's image over the distribution API. Gives its reference by digest. */
async function push(repository: string): Promise<string> {
  const image = await nodeImage(folder, {}, [{ name: 'app/main.mjs', text: program }])
  const host = new URL(aws.url).host
  const headers = { authorization: `Basic ${Buffer.from('AWS:any').toString('base64')}` }
  const upload = async (bytes: Buffer, digest: string) => {
    const url = `${aws.url}/v2/${repository}/blobs/uploads/?digest=${digest}`
    expect((await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) })).status).toBe(201)
    return { digest, size: bytes.length }
  }
  const sha256 = async (bytes: Buffer) =>
    `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex')}`
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: image.config }))
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      ...(await upload(config, await sha256(config))),
    },
    layers: await Promise.all(
      image.layers.map(async ({ file, mediaType }) => {
        const bytes = await readFile(file)
        return { mediaType, ...(await upload(bytes, await sha256(bytes))) }
      }),
    ),
  }
  const answer = await fetch(`${aws.url}/v2/${repository}/manifests/v1`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': manifest.mediaType },
    body: JSON.stringify(manifest),
  })
  expect(answer.status).toBe(201)
  return `${host}/${repository}@${answer.headers.get('docker-content-digest')}`
}

describe.skipIf(missing !== undefined && !isRequired)(
  `a service, made and seen by the AWS CLI ${missing ?? ''}`,
  () => {
    beforeAll(async () => {
      aws = await startAws({ port: 0, stateFolder: join(folder, 'state'), speed: 60, runtime: 'process' })
    })
    afterAll(async () => {
      await aws.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('answers in the shapes of ECS, load balancing, ECR, CloudWatch and logs', { timeout: 500_000 }, async () => {
      await cli('ecr', 'create-repository', { repositoryName: 'web' })
      const image = await push('web')
      const digest = image.split('@')[1]
      const { imageDetails } = await cli('ecr', 'describe-images', { repositoryName: 'web' })
      expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1'], registryId: '000000000000' }])

      const { LoadBalancers } = await cli('elbv2', 'create-load-balancer', { Name: 'web', Subnets: ['a', 'b'] })
      const balancer = LoadBalancers[0].LoadBalancerArn as string
      const { TargetGroups } = await cli('elbv2', 'create-target-group', {
        Name: 'web',
        Protocol: 'HTTP',
        Port: 80,
        VpcId: 'v',
        TargetType: 'ip',
        HealthCheckPath: '/health',
        HealthyThresholdCount: 2,
        HealthCheckIntervalSeconds: 10,
      })
      const group = TargetGroups[0].TargetGroupArn as string
      await cli('elbv2', 'create-listener', {
        LoadBalancerArn: balancer,
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
      })
      const { Listeners } = await cli('elbv2', 'describe-listeners', { LoadBalancerArn: balancer })
      expect(Listeners).toMatchObject([{ Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] }])

      await cli('ecs', 'create-cluster', { clusterName: 'c' })
      const { taskDefinition } = await cli('ecs', 'register-task-definition', {
        family: 'web',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'web',
            image,
            command: ['main.mjs'],
            environment: [{ name: 'RELEASE', value: 'one' }],
            portMappings: [{ containerPort: 8080 }],
          },
        ],
      })
      expect(taskDefinition).toMatchObject({ family: 'web', revision: 1, status: 'ACTIVE' })
      await cli('ecs', 'create-service', {
        cluster: 'c',
        serviceName: 'web',
        taskDefinition: 'web:1',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } },
        loadBalancers: [{ targetGroupArn: group, containerName: 'web', containerPort: 8080 }],
      })
      const services = async () => (await cli('ecs', 'describe-services', { cluster: 'c', services: ['web'] })).services
      let [service] = await services()
      const until = performance.now() + 300_000
      while (service.deployments[0].rolloutState !== 'COMPLETED' && performance.now() < until) {
        await sleep(200)
        service = (await services())[0]
      }
      expect(service).toMatchObject({ status: 'ACTIVE', runningCount: 1, desiredCount: 1, launchType: 'FARGATE' })

      const { serviceDeployments } = await cli('ecs', 'list-service-deployments', { cluster: 'c', service: 'web' })
      expect(serviceDeployments).toMatchObject([{ status: 'SUCCESSFUL' }])
      const { TargetHealthDescriptions } = await cli('elbv2', 'describe-target-health', { TargetGroupArn: group })
      expect(TargetHealthDescriptions).toMatchObject([{ TargetHealth: { State: 'healthy' } }])
      expect((await cli('elbv2', 'describe-target-groups', { Names: ['web'] })).TargetGroups).toMatchObject([
        { TargetGroupName: 'web', LoadBalancerArns: [balancer] },
      ])

      const url = `http://127.0.0.1:${Listeners[0].Port}`
      for (let sent = 0; sent < 20; sent += 1) expect(await (await fetch(url)).text()).toBe('one')
      const metric = {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCount',
        Dimensions: [{ Name: 'LoadBalancer', Value: balancer.split(':loadbalancer/')[1] }],
      }
      const requests = async () => {
        const answer = await cli('cloudwatch', 'get-metric-data', {
          MetricDataQueries: [{ Id: 'requests', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } }],
          StartTime: new Date(Date.now() - 3_600_000).toISOString(),
          EndTime: new Date(Date.now() + 3_600_000).toISOString(),
        })
        expect(answer.MetricDataResults).toMatchObject([{ Id: 'requests', StatusCode: 'Complete' }])
        return (answer.MetricDataResults[0].Values as number[]).reduce((sum, value) => sum + value, 0)
      }
      let seen = await requests()
      while (seen < 20 && performance.now() < until) {
        await sleep(200)
        seen = await requests()
      }
      expect(seen).toBe(20)
    })
  },
)
