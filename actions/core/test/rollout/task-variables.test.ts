import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/failure.ts'
import { renderTaskDefinitions } from '../../src/rollout/task-definition.ts'
import { taskVariables } from '../../src/rollout/task-variables.ts'
import { aService, skeleton } from './fakes.ts'

const told = {
  ...skeleton,
  environment: { SLOT_TABLE: 'sluice-prod-slots', AWS_REGION: 'us-east-1' },
  secrets: { REDIS_URL: 'registry/cache' },
  sideCarEnvironment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
  sideCars: [{ name: 'collector', image: 'collector' }],
}
const render = (changes: Record<string, unknown> = {}, of = told) =>
  renderTaskDefinitions('prod', 'registry', aService(changes), of, 'host')
const variablesOf = (container: { readonly [key: string]: unknown } | undefined) =>
  Object.fromEntries(
    ((container?.['environment'] ?? []) as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  )
const problemsOf = (task: Record<string, unknown>): readonly string[] => {
  try {
    taskVariables('prod', 'registry', aService({ task: { cpu: 256, memory: 512, ...task } }), told)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n')
    throw error
  }
  return []
}

describe('what a task is told', () => {
  it.each(['web', 'worker', 'job'])('is what file, infra and release say, for kind %s', (kind) => {
    const { loadBalancing: _, containerPort, ...withoutPort } = told
    const own = kind === 'web' ? told : withoutPort
    const [container] = render({ kind, rollout: { strategy: 'ROLLING' } }, own).service.containerDefinitions
    expect(variablesOf(container)).toEqual({
      LOG_LEVEL: 'info',
      ...told.environment,
      ...told.sideCarEnvironment,
      ...(kind === 'web' ? { PORT: String(containerPort) } : {}),
      SLUICE_ENVIRONMENT: 'prod',
      SLUICE_RELEASE_COMMIT: 'c'.repeat(40),
      SLUICE_RELEASE_VERSION: '1.4.0',
    })
    expect(container?.['secrets']).toEqual(
      ['DATABASE_URLS registry/database', 'REDIS_URL registry/cache'].map((pair) => {
        const [name, secret] = pair.split(' ')
        return { name, valueFrom: `arn:aws:secretsmanager:us-east-1:222222222222:secret:sluice/prod/${secret}` }
      }),
    )
  })

  it('reaches the migrations too, but for what is about side-cars: they have none', () => {
    const [container] = render().migrate?.containerDefinitions ?? []
    expect(variablesOf(container)).toMatchObject(told.environment)
    expect(variablesOf(container)).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT')
    expect(container?.['secrets']).toHaveLength(2)
  })

  it('is another definition once infra says something else', () => {
    const hashOf = ({ service }: ReturnType<typeof render>) => service.tags[0]?.value
    const moved = { ...told, environment: { ...told.environment, SLOT_TABLE: 'another' } }
    expect(hashOf(render({}, moved))).not.toBe(hashOf(render()))
  })
})

describe('a file that sets what is not its own', () => {
  const at = 'environments/prod/registry.yaml: expected'
  const skeletonOfInfra = "infra's /sluice/prod/registry/task-skeleton"
  const hint = '(remove it from the file: what infra and the release set cannot be overridden)'

  it('is refused with every name, and both who claim it', () => {
    expect(
      problemsOf({
        env: { SLOT_TABLE: 'mine', SLUICE_RELEASE_VERSION: '9.9.9', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere' },
        secrets: { AWS_REGION: 'region' },
      }),
    ).toEqual([
      `${at} SLOT_TABLE to be set once, found it in environment of ${skeletonOfInfra} and in task.env ${hint}`,
      `${at} SLUICE_RELEASE_VERSION to be set once, found it in the release and in task.env ${hint}`,
      `${at} OTEL_EXPORTER_OTLP_ENDPOINT to be set once, found it in sideCarEnvironment of ${skeletonOfInfra} and in task.env ${hint}`,
      `${at} AWS_REGION to be set once, found it in environment of ${skeletonOfInfra} and in task.secrets ${hint}`,
    ])
  })

  it.each([
    [{ secrets: { REDIS_URL: 'mine' } }, 'secrets of'],
    [{ env: { REDIS_URL: 'redis://mine' } }, 'secrets of'],
    [{ env: { PORT: '1' } }, 'the release'],
    [{ env: { TOKEN: 'a' }, secrets: { TOKEN: 'b' } }, 'task.env and in task.secrets'],
  ])('is refused: %j', (task, expected) => {
    expect(problemsOf(task)).toEqual([expect.stringContaining(expected)])
  })

  it('may say everything else', () => {
    expect(problemsOf({ env: { LOG_LEVEL: 'debug' }, secrets: { DATABASE_URLS: 'registry/database' } })).toEqual([])
  })
})
