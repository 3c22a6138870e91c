import { describe, expect, it } from 'vitest'
import { desiredState } from '../desired-state.ts'
import { rolesOf, synthesized, type SynthesizedRole } from './templates.ts'
import { claimsOf, mayAssume, type TokenJob } from './web-identity.ts'

const repository = { owner: 'acme', ownerId: 1000001, repository: 'sluice', repositoryId: 2000002 }
const workflowRef = (file: string, place = 'acme/sluice', ref = 'refs/heads/main') =>
  `${place}/.github/workflows/${file}@${ref}`
const accounts: Readonly<Record<string, string>> = {
  dev: '333333333333',
  stage: '444444444444',
  prod: '222222222222',
  shared: '999999999999',
}

/** Who takes which role, as the workflows have it: by the part of the name before the environment. */
const takers: Readonly<Record<string, { readonly environment?: (name: string) => string; readonly files: string[] }>> =
  {
    build: { files: ['release.yml'] },
    plan: { files: ['deploy.yml', 'release.yml', 'promote.yml', 'promote-due.yml', 'rollback.yml'] },
    deploy: { environment: (name) => name, files: ['deploy.yml'] },
    rollout: { environment: (name) => `${name}-rollout`, files: ['deploy.yml', 'infra.yml'] },
    'roll-back': { environment: (name) => `${name}-roll-back`, files: ['deploy.yml'] },
    drift: { files: ['drift.yml'] },
    recovery: { environment: (name) => `${name}-recovery`, files: ['dr-drill.yml'] },
    infra: { environment: (name) => name, files: ['infra.yml'] },
  }

const roles = rolesOf(synthesized(desiredState())).filter(({ trust }) =>
  JSON.stringify(trust).includes('AssumeRoleWithWebIdentity'),
)
/** A role, GitHub's provider in its account, and the jobs that take it. */
const cases = roles.map((role) => {
  const environment = role.file.split('/')[0] ?? ''
  const kind = role.name === 'sluice-build' ? 'build' : role.name.slice('sluice-'.length, -environment.length - 1)
  const taker = takers[kind]
  if (!taker) throw new Error(`${role.name}: nobody is known to take it`)
  const provider = `arn:aws:iam::${accounts[environment]}:oidc-provider/token.actions.githubusercontent.com`
  const jobs = taker.files.map((file): TokenJob => ({
    ...repository,
    ref: 'refs/heads/main',
    event: 'push',
    jobWorkflowRef: workflowRef(file),
    audience: 'sts.amazonaws.com',
    ...(taker.environment ? { environment: taker.environment(environment) } : {}),
  }))
  return { role, provider, jobs }
})

/** What a forger can have: a token that GitHub really signs, of a job that is not ours. */
const forgeries: readonly (readonly [what: string, forge: (job: TokenJob) => Partial<TokenJob>])[] = [
  ['a fork', () => ({ owner: 'mallory', ownerId: 6, repositoryId: 7 })],
  [
    'a fork that calls its own copy of the workflow',
    ({ jobWorkflowRef }) => ({
      owner: 'mallory',
      ownerId: 6,
      repositoryId: 7,
      jobWorkflowRef: jobWorkflowRef.replace('acme/', 'mallory/'),
    }),
  ],
  ['another repository of the same name, made after ours was deleted', () => ({ repositoryId: 7 })],
  ['another owner who took over the name', () => ({ ownerId: 6, repositoryId: 7 })],
  ['our repository under another name', () => ({ repository: 'renamed' })],
  ['another repository of ours', () => ({ repository: 'shop', repositoryId: 7 })],
  ['another environment', ({ environment }) => ({ environment: environment === 'dev' ? 'stage' : 'dev' })],
  ['the environment in other letters', ({ environment }) => ({ environment: (environment ?? 'Main').toUpperCase() })],
  ['an environment whose name goes on', ({ environment }) => ({ environment: `${environment ?? 'main'}-x` })],
  ['a tag', () => ({ ref: 'refs/tags/v1' })],
  ['a tag called main', () => ({ ref: 'refs/tags/main' })],
  ['a pull request', () => ({ ref: 'refs/pull/7/merge', event: 'pull_request' })],
  ['a feature branch', () => ({ ref: 'refs/heads/feature' })],
  ['a branch whose name goes on', () => ({ ref: 'refs/heads/main-2' })],
  ['another workflow', () => ({ jobWorkflowRef: workflowRef('pr.yml') })],
  [
    'the workflow as it is on a branch',
    ({ jobWorkflowRef }) => ({ jobWorkflowRef: jobWorkflowRef.replace('@refs/heads/main', '@refs/heads/feature') }),
  ],
  [
    'the workflow of another repository',
    ({ jobWorkflowRef }) => ({ jobWorkflowRef: jobWorkflowRef.replace('acme/sluice', 'acme/shop') }),
  ],
  ['a token for another audience', () => ({ audience: 'https://github.com/acme' })],
]

it('knows every role that GitHub may take: seven in each environment, three in the artifact account', () => {
  expect(roles.map(({ name }) => name).sort()).toEqual(
    [
      'sluice-build',
      'sluice-drift-shared',
      'sluice-infra-shared',
      ...['dev', 'prod', 'stage'].flatMap((name) =>
        ['deploy', 'drift', 'infra', 'plan', 'recovery', 'roll-back', 'rollout'].map(
          (kind) => `sluice-${kind}-${name}`,
        ),
      ),
    ].sort(),
  )
})

describe.each(cases.map((one) => [one.role.name, one] as const))('%s', (_, { role, provider, jobs }) => {
  it.each(['classic', 'immutable'] as const)('lets its own jobs in, with %s subjects', (form) => {
    for (const job of jobs) expect(mayAssume(role.trust, provider, claimsOf(job, form))).toBe(true)
  })

  it.each(forgeries)('refuses %s', (what, forge) => {
    for (const job of jobs)
      for (const form of ['classic', 'immutable'] as const) {
        const forged = { ...job, ...forge(job) }
        expect(mayAssume(role.trust, provider, claimsOf(forged, form)), `${what}, ${form}`).toBe(false)
      }
  })

  it('refuses a job that names no environment, or one where none is wanted', () => {
    for (const { environment, ...job } of jobs) {
      const other = environment == null ? { ...job, environment: 'dev' } : job
      expect(mayAssume(role.trust, provider, claimsOf(other, 'immutable'))).toBe(false)
    }
  })

  it('refuses a token that lacks a claim which it asks for', () => {
    const [job] = jobs
    const claims = job ? claimsOf(job, 'immutable') : {}
    for (const name of conditionNames(role)) {
      const { [name]: removed, ...rest } = claims
      expect(removed, name).toBeDefined()
      expect(mayAssume(role.trust, provider, rest), name).toBe(false)
    }
  })

  it('refuses another issuer, and the provider of another account', () => {
    const [job] = jobs
    const claims = job ? claimsOf(job, 'immutable') : {}
    expect(mayAssume(role.trust, provider.replace('githubusercontent', 'example'), claims)).toBe(false)
    expect(mayAssume(role.trust, provider.replace(/\d{12}/, '123456789012'), claims)).toBe(false)
  })

  it('pins subject, repository, branch and workflow by exact strings', () => {
    expect(Object.keys(role.trust.Statement[0]?.Condition ?? {})).toEqual(['StringEquals'])
    expect(conditionNames(role)).toEqual(
      expect.arrayContaining(['aud', 'sub', 'repository_id', 'ref', 'job_workflow_ref']),
    )
    expect(conditionNames(role).includes('environment')).toBe(jobs[0]?.environment != null)
    expect(JSON.stringify(role.trust)).not.toContain('*')
  })
})

describe('jobs of ours', () => {
  const samePlace = (one: TokenJob, other: TokenJob) =>
    one.environment === other.environment && one.jobWorkflowRef === other.jobWorkflowRef

  it.each(cases.map((one) => [one.role.name, one] as const))(
    'that take %s take no role but those that name their environment and workflow',
    (_, { jobs }) => {
      for (const job of jobs)
        for (const other of cases)
          for (const form of ['classic', 'immutable'] as const)
            expect(
              mayAssume(other.role.trust, other.provider, claimsOf(job, form)),
              `${job.jobWorkflowRef} in ${job.environment ?? 'no environment'} takes ${other.role.name}`,
            ).toBe(other.jobs.some((own) => samePlace(own, job)))
    },
  )

  it('take two roles of one account in no case: who reads, starts, follows, undoes and recovers are different jobs', () => {
    const taken = cases.flatMap(({ jobs, provider, role }) =>
      jobs.map((job) => ({ name: role.name, place: `${provider} ${job.environment} ${job.jobWorkflowRef}` })),
    )
    const twice = taken.filter(({ place }) => taken.filter((one) => one.place === place).length > 1)
    expect(twice.map(({ name }) => name)).toEqual([])
  })
})

describe('the evaluator itself', () => {
  const [statement] = cases[0]?.role.trust.Statement ?? []
  const trustWith = (condition: object) =>
    ({ Version: '2012-10-17', Statement: [{ ...statement, Condition: condition }] }) as never
  const provider = cases[0]?.provider ?? ''

  it('lets in what it knows', () => {
    const trust = trustWith({ StringEquals: { 'token.actions.githubusercontent.com:ref': 'x' } })
    expect(mayAssume(trust, provider, { ref: 'x' })).toBe(true)
  })

  it('does not let a policy pass by an operator that it does not know', () => {
    expect(() =>
      mayAssume(
        trustWith({ 'ForAllValues:StringEquals': { 'token.actions.githubusercontent.com:sub': 'x' } }),
        provider,
        {
          sub: 'x',
        },
      ),
    ).toThrow('expected StringEquals alone')
  })

  it('takes no claim for a condition key that STS does not make one of', () => {
    const trust = trustWith({ StringEquals: { 'token.actions.githubusercontent.com:event_name': 'push' } })
    expect(mayAssume(trust, provider, { event_name: 'push' })).toBe(false)
  })
})

function conditionNames({ trust }: SynthesizedRole): string[] {
  const wanted = trust.Statement[0]?.Condition?.['StringEquals'] ?? {}
  return Object.keys(wanted).map((key) => key.slice(key.lastIndexOf(':') + 1))
}
