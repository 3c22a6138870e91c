import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnvironments } from '@sluice/infra/planning'
import { createChecker, type RunProgram } from '../../src/bootstrap/check.ts'
import { bootstrapChapters } from '../../src/bootstrap/steps.ts'

const chapters = bootstrapChapters(await readEnvironments(join(import.meta.dirname, '../../../environments')))
const commands = chapters.flatMap(({ steps }) => steps.flatMap((step) => step.commands))
const position = (pattern: RegExp) => commands.findIndex((command) => pattern.test(command))

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

  it('bootstraps every account and region with the custom execution policy and the boundary', () => {
    const bootstraps = commands.filter((command) => command.includes('cdk bootstrap'))
    for (const account of ['222222222222', '333333333333', '444444444444', '999999999999']) {
      const own = bootstraps.filter((command) => command.includes(`aws://${account}/us-east-1`))
      expect(own).toHaveLength(1)
      expect(own[0]).toMatch(new RegExp(`${account}:policy/sluice-execution-(prod|dev|stage|shared)`))
      expect(own[0]).toContain('--custom-permissions-boundary sluice-boundary')
    }
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
