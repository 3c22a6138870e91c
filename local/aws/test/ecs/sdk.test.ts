import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  ListServiceDeploymentsCommand,
  ListTagsForResourceCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  ServiceDeploymentNotFoundException,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serveJson } from './json-endpoint.ts'
import { groups, runningService, strategies } from './service-fixture.ts'

let running: Awaited<ReturnType<typeof runningService>>
let endpoint: Awaited<ReturnType<typeof serveJson>>
let ecs: ECSClient

beforeEach(async () => {
  running = await runningService(strategies['LINEAR'])
  endpoint = await serveJson(running.ecs.service)
  ecs = new ECSClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
})
afterEach(async () => {
  ecs.destroy()
  endpoint.close()
  await running.ecs.close()
})

const web = { cluster: 'dev', services: ['web'] }

test("a client of AWS's own deploys, pauses, continues and rolls back, with every field in its type", async () => {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'better', portMappings: [{ containerPort: 8080 }] }],
      tags: [{ key: 'release', value: 'two' }],
    }),
  )
  expect(taskDefinition).toMatchObject({ revision: 2, status: 'ACTIVE', registeredAt: expect.any(Date) })
  const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }))
  expect(described.tags).toEqual([{ key: 'release', value: 'two' }])

  const { service } = await ecs.send(
    new UpdateServiceCommand({
      cluster: 'dev',
      service: 'web',
      taskDefinition: 'web:2',
      deploymentConfiguration: {
        ...strategies['LINEAR'],
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
      },
    }),
  )
  const [primary, active] = service?.deployments ?? []
  expect(primary).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', createdAt: expect.any(Date) })
  expect(active?.status).toBe('ACTIVE')
  const listed = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster: 'dev', service: 'web', createdAt: { after: primary?.createdAt } }),
  )
  const brief = listed.serviceDeployments?.find((found) =>
    found.targetServiceRevisionArn?.endsWith(primary?.id?.slice('ecs-svc'.length) ?? '?'),
  )
  const serviceDeploymentArn = brief?.serviceDeploymentArn ?? ''
  const deployment = async () => {
    const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] })
    return (await ecs.send(command)).serviceDeployments?.[0]
  }
  await running.until('paused', async () => ((await deployment())?.lifecycleHookDetails ?? []).length === 1)
  const paused = await deployment()
  expect(paused).toMatchObject({
    status: 'IN_PROGRESS',
    lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
    startedAt: expect.any(Date),
    targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2, requestedProductionTrafficWeight: 0 },
    sourceServiceRevisions: [{ runningTaskCount: 2, requestedProductionTrafficWeight: 100 }],
    deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 0, threshold: 3 },
    lifecycleHookDetails: [{ status: 'AWAITING_ACTION', targetType: 'PAUSE', expiresAt: expect.any(Date) }],
  })
  const hookId = paused?.lifecycleHookDetails?.[0]?.hookId
  await ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action: 'CONTINUE' }))
  await expect(
    ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action: 'CONTINUE' })),
  ).rejects.toThrow(InvalidParameterException)
  await running.until('shifted', () => running.weights()[groups.green] === 25)
  await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }))
  await running.until('back', async () => (await deployment())?.status === 'ROLLBACK_SUCCESSFUL')
  const over = await deployment()
  expect(over?.finishedAt).toBeInstanceOf(Date)
  expect(over?.rollback).toMatchObject({ startedAt: expect.any(Date), serviceRevisionArn: expect.any(String) })
  const revisions = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [over?.rollback?.serviceRevisionArn ?? ''] }),
  )
  expect(revisions.serviceRevisions?.[0]?.containerImages?.[0]?.image).toBe('good')
  const stable = await waitUntilServicesStable({ client: ecs, minDelay: 1, maxWaitTime: 10 }, web)
  expect(stable.state).toBe('SUCCESS')
  const events = (await ecs.send(new DescribeServicesCommand(web))).services?.[0]?.events ?? []
  expect(events[0]?.createdAt).toBeInstanceOf(Date)
  expect(events.map(({ message }) => message)).toContainEqual(expect.stringContaining('rolling back to deployment'))
})

test('one-off tasks, lists, tags and errors arrive as the client knows them', async () => {
  const { tasks } = await ecs.send(
    new RunTaskCommand({
      cluster: 'dev',
      taskDefinition: 'web',
      startedBy: 'sluice',
      tags: [{ key: 'a', value: 'b' }],
    }),
  )
  const arn = tasks?.[0]?.taskArn ?? ''
  const listed = await ecs.send(new ListTasksCommand({ cluster: 'dev', startedBy: 'sluice' }))
  expect(listed.taskArns).toEqual([arn])
  const described = await ecs.send(new DescribeTasksCommand({ cluster: 'dev', tasks: [arn, 'nothing'] }))
  expect(described.tasks?.[0]).toMatchObject({
    group: 'family:web',
    launchType: 'FARGATE',
    createdAt: expect.any(Date),
  })
  expect(described.failures).toEqual([{ arn: arn.replace(/[^/]*$/, 'nothing'), reason: 'MISSING' }])
  const tagged = await ecs.send(new ListTagsForResourceCommand({ resourceArn: arn }))
  expect(tagged.tags).toEqual([{ key: 'a', value: 'b' }])
  await expect(
    ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: 'arn:none', stopType: 'ROLLBACK' })),
  ).rejects.toThrow(ServiceDeploymentNotFoundException)
  const pages = await ecs.send(new ListTasksCommand({ cluster: 'dev', serviceName: 'web', maxResults: 1 }))
  expect(pages.taskArns).toHaveLength(1)
  const { nextToken } = pages
  const next = await ecs.send(new ListTasksCommand({ cluster: 'dev', serviceName: 'web', maxResults: 1, nextToken }))
  expect(next.taskArns).toHaveLength(1)
  expect(next.taskArns).not.toEqual(pages.taskArns)
  expect(next.nextToken).toBeUndefined()
})
