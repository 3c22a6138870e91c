import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnvironments } from '@sluice/infra/planning'
import { adoptSchema } from '@sluice/core/environment/adopt'
import type { Environment } from '@sluice/core/environment/environment'
import { createChecker, type RunProgram } from '../../src/bootstrap/check.ts'
import { bootstrapChapters } from '../../src/bootstrap/steps.ts'

const state = await readEnvironments(join(import.meta.dirname, '../../../environments'))
const chapters = bootstrapChapters(state)
/** The plan of this repository with more in prod's `environment.yaml`. */
const withProd = (change: Partial<Environment>, project = state.project) => {
  const { prod } = state.environments
  if (!prod) throw new Error('expected prod')
  const environments = { ...state.environments, prod: { ...prod, environment: { ...prod.environment, ...change } } }
  return bootstrapChapters({ ...state, project, environments })
}
const chapterOf = (all: ReturnType<typeof bootstrapChapters>, title: string) =>
  all.find((chapter) => chapter.title === title)?.steps ?? []
const commands = chapters.flatMap(({ steps }) => steps.flatMap((step) => step.commands))
const position = (pattern: RegExp) => commands.findIndex((command) => pattern.test(command))

const wholeEdge = {
  testers: [],
  domain: 'example.com',
  hostedZoneId: 'Z1',
  certificateArn: 'arn:aws:acm:us-east-1:222222222222:certificate/1',
  certificateArns: ['arn:aws:acm:us-west-2:222222222222:certificate/2'],
}

describe('bootstrapChapters', () => {
  it.each([
    ['policies', /sluice-shared-account/, 'the bootstrap that names them', /cdk bootstrap/],
    ['bootstrap', /cdk bootstrap/, 'the stacks that use its bucket', /--s3-bucket/],
    ['the registry', /sluice-shared-registry/, 'the first image', /workflow run main\.yml/],
    ['the first image', /workflow run main\.yml/, 'the services that run it', /FirstImage=/],
    ['the network', /sluice-prod-network/, 'the data in it', /sluice-prod-data/],
  ])('puts %s before %s', (_, first, __, second) => {
    expect(position(first)).toBeGreaterThan(-1)
    expect(position(second)).toBeGreaterThan(position(first))
  })

  it('has what all share reviewed by the people of the environments from which nothing is promoted on', () => {
    const { dev, stage, prod } = state.environments
    if (!dev || !stage || !prod) throw new Error('expected dev, stage and prod')
    const reviewedBy = (one: typeof dev, ...reviewers: string[]) => ({
      ...one,
      environment: { ...one.environment, promotion: { ...one.environment.promotion, reviewers } },
    })
    const environments = { dev: reviewedBy(dev, 'dot'), stage: reviewedBy(stage, 'sam'), prod: reviewedBy(prod, 'pat') }
    const steps = chapterOf(bootstrapChapters({ ...state, environments }), 'GitHub environments')
    const ofShared = steps.filter(({ title }) => title.startsWith('shared'))
    expect(ofShared.map(({ title }) => title)).toEqual(['shared: main alone, reviewed by pat'])
    expect(ofShared[0]?.commands[0]).toContain('"prevent_self_review":true')
  })

  it('bootstraps every account and region with the custom execution policy, and without the boundary that makes no roles', () => {
    const bootstraps = commands.filter((command) => command.includes('cdk bootstrap'))
    for (const account of ['222222222222', '333333333333', '444444444444', '999999999999']) {
      const own = bootstraps.filter((command) => command.includes(`aws://${account}/us-east-1`))
      expect(own).toHaveLength(1)
      expect(own[0]).toMatch(new RegExp(`${account}:policy/sluice-execution-(prod|dev|stage|shared)`))
      expect(own[0]).not.toContain('permissions-boundary')
    }
  })

  it('names the policies of all environments that share an account, and none that the account has not', () => {
    const { dev } = state.environments
    if (!dev) throw new Error('expected dev')
    const stage = { ...dev, name: 'stage' }
    const away = { ...dev, name: 'away', environment: { ...dev.environment, regions: ['eu-west-1'] } }
    const bootstraps = (environments: Parameters<typeof bootstrapChapters>[0]['environments']) =>
      bootstrapChapters({ ...state, environments })
        .flatMap(({ steps }) => steps.flatMap((step) => step.commands))
        .filter((command) => command.includes('cdk bootstrap aws://333333333333/'))
        .map((command) =>
          [...command.matchAll(/333333333333\/(\S+)|policy\/([\w-]+)/g)].map(([, region, name]) => region ?? name),
        )
    expect(bootstraps({ dev, stage })).toEqual([['us-east-1', 'sluice-execution-dev', 'sluice-execution-stage']])
    expect(bootstraps({ away })).toEqual([['eu-west-1', 'sluice-execution-away']])
  })

  it('takes a bootstrap for there with exactly our policies, and a stack that was not rolled back', () => {
    const checks = chapters.flatMap(({ steps }) => steps.flatMap(({ check }) => check ?? []))
    const roles = checks.filter(({ command }) => command.includes('list-attached-role-policies'))
    expect(roles.map(({ command, contains }) => [command[4], contains])).toContainEqual([
      'cdk-hnb659fds-cfn-exec-role-222222222222-us-east-1',
      '[sluice-execution-prod]',
    ])
    const stacks = checks.filter(({ command }) => command.includes('describe-stacks'))
    expect(stacks.length).toBeGreaterThan(20)
    for (const { command } of stacks) expect(command.join(' ')).toContain("StackStatus != 'ROLLBACK_COMPLETE'")
  })

  it('takes the first image from the artifact account, as every region pulls it', () => {
    const services = chapterOf(withProd({ regions: ['us-east-1', 'us-west-2'] }), 'Services')
    const images = services.flatMap((step) => step.commands).map((command) => /FirstImage=([^/]+)/.exec(command)?.[1])
    expect(new Set(images)).toEqual(
      new Set(['us-east-1', 'us-west-2'].map((region) => `999999999999.dkr.ecr.${region}.amazonaws.com`)),
    )
  })

  it('makes services with the collector that project.yaml names', () => {
    const collector = `public.ecr.aws/aws-observability/aws-otel-collector@sha256:${'c'.repeat(64)}`
    const topology = { profile: 'global', logicalShards: 8, physicalClusters: 1 } as const
    const named = withProd({ regions: ['us-east-1', 'us-west-2'], topology }, { ...state.project, collector })
    const made = chapterOf(named, 'Services').flatMap((step) => step.commands)
    expect(made.filter((command) => command.includes(` CollectorImage=${collector}`))).toHaveLength(2)
    expect(made.filter((command) => /sluice-(dev|stage)-/.test(command)).join()).not.toContain('CollectorImage')
  })

  it('deploys no stack before one that it imports from, whatever the environment has', () => {
    const all = withProd({
      regions: ['us-east-1', 'us-west-2'],
      topology: { profile: 'global', logicalShards: 8, physicalClusters: 8 },
      edge: wholeEdge,
    })
    const titles = all.flatMap(({ steps }) => steps.map(({ title }) => title))
    const at = (region: string, part: string) => titles.indexOf(`222222222222 ${region}: stack sluice-prod-${part}`)
    for (const part of ['origin', 'observability'])
      for (const region of ['us-east-1', 'us-west-2']) expect(at(region, part)).toBeGreaterThan(at(region, 'service'))
    expect(at('us-east-1', 'recovery')).toBeGreaterThan(at('us-west-2', 'origin'))
    expect(at('us-east-1', 'edge')).toBeGreaterThan(at('us-east-1', 'recovery'))
    const services = chapterOf(all, 'Services').flatMap((step) => step.commands)
    expect(services.filter((command) => command.includes('CollectorImage=public.ecr.aws/')).length).toBe(2)
  })

  it('looks at every certificate in its own region, and at the zone', () => {
    const regions = ['us-east-1', 'us-west-2']
    const topology = { profile: 'global', logicalShards: 8, physicalClusters: 8 } as const
    const all = withProd({ regions, topology, edge: wholeEdge })
    const steps = chapterOf(all, 'Zones and certificates').filter(({ title }) => title.startsWith('prod'))
    expect(steps.map(({ title }) => title)).toEqual([
      'prod: the zone Z1 holds example.com',
      'prod: certificate in us-east-1, arn:aws:acm:us-east-1:222222222222:certificate/1',
      'prod: certificate in us-west-2, arn:aws:acm:us-west-2:222222222222:certificate/2',
    ])
    expect(steps.map(({ check }) => [check?.contains, check?.command.join(' ').match(/--region (\S+)/)?.[1]])).toEqual([
      ['example.com.', undefined],
      ['ISSUED', 'us-east-1'],
      ['ISSUED', 'us-west-2'],
    ])
  })

  it('asks for a certificate in us-east-1 for the distribution of an environment that is elsewhere', () => {
    const edge = { ...wholeEdge, certificateArn: undefined, certificateArns: [] }
    const topology = { profile: 'production', logicalShards: 8, physicalClusters: 1 } as const
    const steps = chapterOf(withProd({ regions: ['eu-west-1'], topology, edge }), 'Zones and certificates')
    expect(steps.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'prod: no certificate is named in eu-west-1',
        'prod: no certificate is named in us-east-1',
      ]),
    )
    expect(steps.flatMap(({ commands }) => commands)).toContain(
      "aws acm request-certificate --region us-east-1 --domain-name '*.example.com' --validation-method DNS",
    )
  })

  it('looks at what an environment adopts, by its id, before the stacks that name it', () => {
    const adopt = adoptSchema.parse({
      'us-east-1': { cluster: 'shop', services: { registry: { name: 'shop-web' } } },
    })
    const all = withProd({ adopt })
    expect(chapterOf(all, 'What is adopted').map(({ title, check }) => [title, check?.contains])).toEqual([
      ['prod us-east-1: cluster shop is there to be adopted', 'ACTIVE'],
      ['prod us-east-1: service shop-web is there to be adopted', 'ACTIVE'],
    ])
    expect(chapters.map(({ title }) => title)).not.toContain('What is adopted')
  })

  it('asks who is told by the topic of every region', () => {
    const steps = chapterOf(withProd({ regions: ['us-east-1', 'us-west-2'] }), 'People to tell')
    expect(steps.map(({ check }) => check?.contains)).toContain('arn:aws:sns:us-west-2:222222222222:sluice-prod:')
  })

  it('asks for reviewers where people approve, and for none where a rollout is followed', () => {
    const of = (environment: string) => commands.find((command) => command.includes(`environments/${environment} `))
    expect(of('prod')).toContain('reviewers')
    expect(of('prod-rollout')).not.toContain('reviewers')
  })
})

describe('createChecker', () => {
  const check = { command: ['aws', 'ssm', 'get-parameter'], account: '1', contains: 'found' } as const
  const answering =
    (account: string | undefined, answer: { exitCode?: number; stdout?: string; stderr?: string }): RunProgram =>
    async (_, args) =>
      args[0] === 'sts'
        ? { exitCode: account == null ? 255 : 0, stdout: account ?? '', stderr: 'no credentials' }
        : { exitCode: 0, stdout: '', stderr: '', ...answer }
  const state = async (run: RunProgram) => (await createChecker(run)(check)).state

  it('takes only what was found for there', async () => {
    expect(await state(answering('1', { stdout: 'found' }))).toBe('there')
    expect(await state(answering('1', { stdout: 'None' }))).toBe('missing')
  })

  it('takes only "there is none" for missing', async () => {
    expect(await state(answering('1', { exitCode: 254, stderr: 'An error occurred (ParameterNotFound)' }))).toBe(
      'missing',
    )
  })

  it.each([
    ['without credentials', answering(undefined, { stdout: 'found' })],
    ['with those of another account', answering('2', { stdout: 'found' })],
    ['without the permission', answering('1', { exitCode: 254, stderr: 'An error occurred (AccessDenied)' })],
    ['without a network', answering('1', { exitCode: 255, stderr: 'Could not connect to the endpoint URL' })],
    ['without the program', async () => undefined],
  ])('checks nothing %s', async (_, run) => {
    expect(await state(run)).toBe('not checked')
  })
})
