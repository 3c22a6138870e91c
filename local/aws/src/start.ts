import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emulatorClock } from './clock.ts'
import { createCloudFormation } from './cloudformation/create-cloudformation.ts'
import { deployStack, type StackResult } from './cloudformation/deploy-stack.ts'
import { createInvoke } from './cloudformation/resource-type.ts'
import { createResourceTypes } from './cloudformation/resource-types.ts'
import type { ServiceUpdates } from './cloudformation/service-changes.ts'
import type { StackRecord } from './cloudformation/stack-record.ts'
import type { Template } from './cloudformation/template.ts'
import { createCloudWatch } from './cloudwatch/create-cloudwatch.ts'
import { dynamoDbTypes } from './cloudformation/dynamodb-types.ts'
import { s3Types } from './cloudformation/s3-types.ts'
import { createDynamoDb } from './dynamodb/create-dynamodb.ts'
import { createEcr } from './ecr/create-ecr.ts'
import { advisorySnapshotSchema } from './ecr/scan.ts'
import { createEcs } from './ecs/create-ecs.ts'
import { createLoadBalancing } from './elbv2/create-load-balancing.ts'
import { createCallLog } from './endpoint/call-log.ts'
import { startEndpoint } from './endpoint/server.ts'
import type { AwsService } from './endpoint/service.ts'
import { createSessions } from './endpoint/sessions.ts'
import { createIam } from './iam/create-iam.ts'
import { createLogs } from './logs/create-logs.ts'
import { createTaskAgent } from './ecs/task/task-agent.ts'
import { findRuntime, noRuntime } from './runtime/find-runtime.ts'
import { createS3 } from './s3/create-s3.ts'
import { createSecrets } from './secrets/create-secrets.ts'
import { createTopics } from './sns/create-topics.ts'
import { createParameters } from './ssm/create-parameters.ts'
import { openStateStore } from './state-store.ts'
import { createSts, type OidcIssuer } from './sts/create-sts.ts'

export interface AwsOptions {
  /** 0 takes a free one. Load balancers listen on the ports after it. */
  readonly port: number
  readonly stateFolder: string
  /** What may outlive the state, for it can be made again: unpacked images, compiled code. For one emulator at a time. */
  readonly cacheFolder?: string
  /** The emulator's own durations are divided by this. */
  readonly speed: number
  readonly runtime: 'auto' | 'docker' | 'process'
  readonly account?: string
  readonly region?: string
  /** Whether DynamoDB's tables outlive this process, as everything else does. Kept unless said otherwise. */
  readonly tables?: 'kept' | 'in-memory'
  /** Whose tokens AssumeRoleWithWebIdentity takes. */
  readonly oidc?: OidcIssuer
  /** What CloudFormation sends to ECS when a template changes a service; AWS does not say. */
  readonly serviceUpdates?: ServiceUpdates
}

export interface LocalAws {
  readonly url: string
  readonly account: string
  readonly region: string
  /** The runtime that was found. */
  readonly runtime: 'docker' | 'process'
  /** What a client needs in its environment to reach this endpoint. */
  environment(): Record<string, string>
  deployStack(stack: {
    name: string
    template: Template
    parameters?: Readonly<Record<string, string>>
  }): Promise<StackResult>
  putSecret(name: string, value: string): void
  /** Has the runtime make an image ready before a task asks for it. Rejects when there is no such image. */
  prepareImage(reference: string): Promise<void>
  /** One JSON line a call: time, operation, principal, claims. */
  readonly callLogFile: string
  close(): Promise<void>
}

/** The dated copy of npm's advisories, which ECR's scan and the scan action share. */
const advisoriesFile = join(import.meta.dirname, '../../../actions/core/advisories/npm-advisories.json')

/**
 * Starts AWS on one machine: every API on one port, tasks, load balancers, metrics. Throws a `ConfigurationError` when the port
 * is taken or no runtime of that name is to be had.
 */
export async function startAws(options: AwsOptions): Promise<LocalAws> {
  const { account = '000000000000', region = 'us-east-1', stateFolder } = options
  await mkdir(stateFolder, { recursive: true })
  const clock = emulatorClock(options.speed)
  const now = () => clock.now()
  const place = { account, region, stateFolder, now }

  const found = await findRuntime({
    wanted: options.runtime,
    stateFolder: join(stateFolder, 'runtime'),
    cacheFolder: options.cacheFolder,
  })
  if (!found.available) throw noRuntime(options.runtime, found.reason)
  const { runtime } = found
  await runtime.sweep()

  const sessions = createSessions(account, now)
  const log = createCallLog(join(stateFolder, 'calls.jsonl'), now)
  const iam = createIam(place)
  const parameters = createParameters(place)
  const secrets = createSecrets(place)
  const topics = createTopics(place)
  const logs = createLogs(place)
  const ecr = createEcr({
    ...place,
    stateFolder: join(stateFolder, 'ecr'),
    log,
    advisories: async () => advisorySnapshotSchema.parse(JSON.parse(await readFile(advisoriesFile, 'utf8'))),
  })
  const cloudwatch = createCloudWatch({
    clock,
    region,
    account,
    stateFolder,
    notify: (topic, message) => topics.publish(topic, message),
  })
  let lastPort = options.port
  const balancing = createLoadBalancing({
    clock,
    metrics: cloudwatch.metrics,
    // 0, a free one, for listeners of a former run that must move before this run has its own port.
    nextPort: () => (lastPort === 0 ? 0 : (lastPort += 1)),
    region,
    account,
    stateFolder,
  })
  const listening = Promise.withResolvers<string>()
  listening.promise.catch(() => undefined)
  const agent = createTaskAgent({ account, region, sessions, iam, now, url: listening.promise })
  const ecs = createEcs({
    ...place,
    clock,
    stateFolder: join(stateFolder, 'ecs'),
    runtime,
    images: ecr.images,
    balancing: balancing.balancing,
    metrics: cloudwatch.metrics,
    alarms: cloudwatch.alarms,
    secrets,
    parameters,
    agent,
    logs,
  })
  const services: Record<string, AwsService> = {
    sts: createSts({ account, sessions, iam, now, oidc: options.oidc }),
    iam: iam.service,
    ecr: ecr.service,
    ecs: ecs.service,
    elasticloadbalancing: balancing.service,
    cloudwatch: cloudwatch.service,
    // Clients whose CloudWatch still speaks the query protocol, such as the AWS CLI.
    'cloudwatch/query': cloudwatch.queryService,
    ssm: parameters.service,
    secretsmanager: secrets.service,
    sns: topics.service,
    logs: logs.service,
  }
  const dynamoDb = createDynamoDb({
    account,
    region,
    ...(options.tables === 'in-memory' ? {} : { folder: join(stateFolder, 'dynamodb') }),
    sessions,
    log,
  })
  const s3 = createS3({ account, region, stateFolder, sessions, log, now: () => new Date() })
  const closeParts = async () => {
    await dynamoDb.close()
    await ecs.close()
    await balancing.close()
    cloudwatch.close()
  }
  let endpoint
  try {
    endpoint = await startEndpoint(options.port, {
      account,
      region,
      sessions,
      log,
      services,
      others: [agent.answer, dynamoDb.answer, s3.answer, ecr.distribution],
    })
  } catch (error) {
    listening.reject(error)
    await closeParts()
    throw error
  }
  listening.resolve(endpoint.url)
  await balancing.ready
  lastPort = Number(new URL(endpoint.url).port)

  const principal = { account, arn: `arn:aws:iam::${account}:root`, accessKeyId: sessions.administrator.accessKeyId }
  const call = { account, region, principal, requestId: 'cloudformation', endpoint: endpoint.url }
  const invoke = createInvoke(services, call)
  const types = {
    ...createResourceTypes(invoke, iam, options.serviceUpdates),
    ...dynamoDbTypes(dynamoDb),
    ...s3Types(s3),
  }
  const stacks = openStateStore<StackRecord>(join(stateFolder, 'stacks.json'))
  const stackPlace = { account, region, types, stacks, now }
  const cloudFormation = createCloudFormation({
    ...stackPlace,
    invoke,
    objects: s3.store,
    stateFolder,
    fault: (error) => log.fault('cloudformation:ExecuteChangeSet', error),
  })
  services['cloudformation'] = cloudFormation.service
  const { url } = endpoint
  return {
    url,
    account,
    region,
    runtime: runtime.name,
    callLogFile: log.file,
    environment: () => ({
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: sessions.administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sessions.administrator.secretAccessKey,
    }),
    deployStack: ({ name, template, parameters: values = {} }) =>
      deployStack({ name, template, parameters: values, ...stackPlace }),
    putSecret: (name, value) => secrets.put(name, value),
    prepareImage: async (reference) => runtime.prepare?.(await ecr.images.image(reference)),
    close: async () => {
      await endpoint.close()
      await cloudFormation.close()
      await closeParts()
    },
  }
}
