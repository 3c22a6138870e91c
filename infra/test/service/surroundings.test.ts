import { taskSkeletonSchema, type TaskSkeleton } from '@sluice/core/task-skeleton'
import { ConfigurationError } from '@sluice/core/failure'
import { describe, expect, it } from 'vitest'
import { isGranted, type Grant } from '../identity/evaluate.ts'
import { desiredState } from '../desired-state.ts'
import { profiles } from '../../lib/topology/profiles.ts'
import { profileCases, profileState, stacksOf, wholeEdge, type Stack } from '../templates.ts'
import { withServices } from './services.ts'

const account = '222222222222'

/** The prod environment's stack of services in a region: the primary's file has no region in its name. */
function stackIn(state: ReturnType<typeof desiredState>, region = 'us-east-1'): Stack {
  const place = region === 'us-east-1' ? '' : `.${region}`
  const found = stacksOf(state).get(`prod/sluice-prod-service${place}.template.json`)
  if (!found) throw new Error(`there is no service stack in ${region}`)
  return found
}

/** What the parameter holds, with an id of real length for everything that is known only while deploying. */
function skeletonText(stack: Stack, service: string): string {
  const { Value } = stack.get(`Skeleton${service}`).properties
  const parts = Value['Fn::Join'][1] as unknown[]
  const arn = `arn:aws:elasticloadbalancing:us-east-1:${account}:listener-rule/app/sluice-production/0123456789abcdef/0123456789abcdef/0123456789abcdef`
  return parts.map((part) => (typeof part === 'string' ? part : arn)).join('')
}
const skeletonOf = (stack: Stack, service: string): TaskSkeleton =>
  taskSkeletonSchema.parse(JSON.parse(skeletonText(stack, service)))

/** An ARN of a template: what is joined in it is the partition. */
function arnOf(value: unknown): string {
  if (typeof value === 'string') return value
  const parts = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? []
  return parts.map((part) => (typeof part === 'string' ? part : 'aws')).join('')
}
const statementsOf = (stack: Stack, logicalId: string): Grant[] =>
  ((stack.get(logicalId).properties['Policies'] ?? []) as { PolicyDocument: { Statement: unknown[] } }[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map((one) => {
      const { Action, Resource, ...rest } = one as Omit<Grant, 'Resource'> & { Resource: unknown }
      return { ...rest, Action: [Action].flat(), Resource: [Resource].flat().map(arnOf) }
    })
const containerOf = (stack: Stack, service: string) =>
  (stack.get(`First${service}`).properties['ContainerDefinitions'] as Record<string, unknown>[])[0]

describe.each(profileCases)('with the profile $profile', ({ profile, regions }) => {
  const state = profileState(profile)
  const hasCollector = profile === 'global'

  it.each(regions)('a service with data in %s is told where it is, and of nothing else', (region) => {
    const { environment, secrets, sideCarEnvironment } = skeletonOf(stackIn(state, region), 'registry')
    expect(environment).toEqual({
      AWS_REGION: region,
      TRUSTED_PROXIES: '1',
      SLOT_TABLE: 'sluice-prod-slots',
      ARTIFACTS: `s3://sluice-prod-artifacts-${account}-${region}/registry/`,
      ...(profile === 'dev' ? { REDIS_CLUSTER: 'true' } : {}),
    })
    expect(secrets).toEqual(profile === 'free' ? undefined : { REDIS_URL: 'registry/cache' })
    expect(sideCarEnvironment).toEqual(
      hasCollector
        ? { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SERVICE_NAME: 'registry' }
        : undefined,
    )
  })

  it.each(regions)('a web service in %s is told how many proxies are before it: CloudFront is one', (region) => {
    const behind = profileState(profile, wholeEdge)
    const { environment } = skeletonOf(stackIn(behind, region), 'registry')
    expect(environment).toMatchObject({ TRUSTED_PROXIES: profiles[profile].edge.distribution ? '2' : '1' })
  })

  it('what it is told of is there: table, bucket and secret have these names', () => {
    const stacks = [...stacksOf(state)].filter(([file]) => file.startsWith('prod/')).map(([, stack]) => stack)
    const namesOf = (type: string, property: string) =>
      stacks.flatMap((stack) => stack.ofType(type)).map(({ properties }) => properties[property] as unknown)
    expect(namesOf('AWS::DynamoDB::GlobalTable', 'TableName')).toContain('sluice-prod-slots')
    for (const region of regions)
      expect(namesOf('AWS::S3::Bucket', 'BucketName')).toContain(`sluice-prod-artifacts-${account}-${region}`)
    const caches = namesOf('AWS::SecretsManager::Secret', 'Name').filter(
      (name) => name === 'sluice/prod/registry/cache',
    )
    expect(caches).toHaveLength(profile === 'free' ? 0 : regions.length)
  })

  it('its parameter fits the 4 KB of a standard one', () => {
    expect(skeletonText(stackIn(state), 'registry').length).toBeLessThan(4096)
  })
})

describe('what its role may do', () => {
  const stack = stackIn(desiredState())
  const task = statementsOf(stack, 'Taskregistry')
  const bucket = `arn:aws:s3:::sluice-prod-artifacts-${account}-us-east-1`
  const table = `arn:aws:dynamodb:us-east-1:${account}:table/sluice-prod-slots`

  it.each([
    ['s3:GetObject', `${bucket}/registry/ab/cd`, true],
    ['s3:PutObject', `${bucket}/registry/ab/cd`, true],
    ['s3:PutObject', `${bucket}/backups/dump`, false],
    ['s3:GetObject', `${bucket}/mailer/letter`, false],
    ['s3:GetObject', `arn:aws:s3:::sluice-dev-artifacts-${account}-us-east-1/registry/ab`, false],
    ['s3:DeleteBucket', bucket, false],
    ['dynamodb:Scan', table, true],
    ['dynamodb:DeleteTable', table, false],
    ['dynamodb:Scan', table.replace('prod', 'dev'), false],
  ])('%s on %s: %s', (action, resource, expected) => {
    expect(isGranted(task, { action, resource })).toBe(expected)
  })

  it.each([
    ['registry/cache', true],
    ['registry/cache-password', false],
    ['registry/database-0', false],
  ])('the secret %s is read before a task starts: %s', (name, expected) => {
    const resource = `arn:aws:secretsmanager:us-east-1:${account}:secret:sluice/prod/${name}-??????`
    const execution = statementsOf(stack, 'Executionregistry')
    expect(isGranted(execution, { action: 'secretsmanager:GetSecretValue', resource })).toBe(expected)
  })
})

describe('worker, job and web beside each other', () => {
  const task = { cpu: 256, memory: 512, env: {}, secrets: {} } as const
  const without = stackIn(withServices(desiredState(), { mailer: 'worker', report: 'job' }, { task }))
  const withData = stackIn(withServices(desiredState(), { mailer: 'worker', report: 'job' }))

  it.each(['mailer', 'report'])('%s without the databases is told its region alone, and may touch nothing', (name) => {
    expect(skeletonOf(without, name)).toMatchObject({ environment: { AWS_REGION: 'us-east-1' } })
    expect(Object.keys(skeletonOf(without, name).environment ?? {})).toEqual(['AWS_REGION'])
    expect(skeletonOf(without, name)).not.toHaveProperty('secrets')
    expect(statementsOf(without, `Task${name}`)).toEqual([])
  })

  it.each(['mailer', 'report'])('%s with the databases has artifacts of its own beside the same slots', (name) => {
    const { environment, loadBalancing, containerPort } = skeletonOf(withData, name)
    expect(environment).toMatchObject({
      SLOT_TABLE: 'sluice-prod-slots',
      ARTIFACTS: expect.stringMatching(`/${name}/$`),
    })
    expect([loadBalancing, containerPort]).toEqual([undefined, undefined])
  })

  it.each(['registry', 'mailer', 'report'])("the first revision of %s is told the same as the release's", (name) => {
    const environment = skeletonOf(withData, name).environment ?? {}
    const told = containerOf(withData, name)?.['Environment'] as { Name: string; Value: string }[]
    for (const [Name, Value] of Object.entries(environment)) expect(told).toContainEqual({ Name, Value })
    const secrets = containerOf(withData, name)?.['Secrets'] as { Name: string }[]
    expect(secrets.map(({ Name }) => Name)).toEqual(['DATABASE_URLS', 'REDIS_URL'])
  })
})

it('refuses a file that names another table, before anything is deployed', () => {
  const task = { cpu: 256, memory: 512, env: { AWS_REGION: 'eu-west-1' }, secrets: {} } as const
  const synth = () => stackIn(withServices(desiredState(), { mailer: 'worker' }, { task }))
  expect(synth).toThrow(ConfigurationError)
  expect(synth).toThrow(/environments\/prod\/mailer\.yaml: expected AWS_REGION to be set once/)
})
