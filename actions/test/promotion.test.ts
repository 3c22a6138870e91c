import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { taskSkeletonSchema } from '@sluice/core/task-skeleton'
import { fakeAws, awsError, type AwsHandlers } from './fakes/aws-server.ts'
import { environmentFiles, imageA, imageB, releaseB, writeFolder } from './fakes/environments.ts'
import { fakeGitHub, type FakeGitHub } from './fakes/github-server.ts'
import { runEntry } from './fakes/run-entry.ts'

const skeleton = taskSkeletonSchema.parse({
  version: 1,
  family: 'prod-registry',
  executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
  taskRoleArn: 'arn:aws:iam::000000000000:role/task',
  containerName: 'registry',
  containerPort: 8080,
  logGroup: '/sluice/prod/registry',
  region: 'us-east-1',
  network: { subnets: ['s'], securityGroups: ['g'] },
})
const definition = (image: string) => ({
  taskDefinition: {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/prod-registry:3',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'registry',
        image: `000000000000.dkr.ecr.us-east-1.amazonaws.com/${image}`,
        environment: [
          { name: 'SLUICE_RELEASE_COMMIT', value: 'a'.repeat(40) },
          { name: 'SLUICE_RELEASE_VERSION', value: '1.0.0' },
        ],
      },
    ],
  },
})
const aws = (image = imageA): AwsHandlers => ({
  DescribeServices: () => ({
    services: [
      { status: 'ACTIVE', taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/prod-registry:3' },
    ],
  }),
  DescribeTaskDefinition: () => definition(image),
  GetParameter: () => ({ Parameter: { Value: JSON.stringify(skeleton) } }),
  DescribeImages: () => ({ imageDetails: [{ imageDigest: imageB.split('@')[1] }] }),
})
const commit = (sha: string, login: string) => ({
  sha,
  commit: {
    message: 'feat: publish\n\nCo-authored-by: Dave <9+dave@users.noreply.github.com>',
    author: { name: login, email: `${login}@example.org` },
    committer: { name: 'GitHub', email: 'noreply@github.com' },
  },
  author: { login },
  committer: { login: 'web-flow' },
})
/** What prod names once the promotion of image B is merged. */
const merged = {
  ...environmentFiles,
  'environments/prod/registry.yaml': (environmentFiles['environments/prod/registry.yaml'] ?? '')
    .replace(imageA, imageB)
    .replace('a'.repeat(40), 'b'.repeat(40)),
}

/** A repository in which image B was scanned, ran well in dev, and was promoted by pull request. */
async function promoted(): Promise<FakeGitHub> {
  const github = await fakeGitHub(merged)
  github.compare = {
    status: 'ahead',
    total_commits: 1,
    commits: [commit('b'.repeat(40), 'carol')],
    files: [{ filename: 'app/src/main.ts' }],
  }
  github.statuses.push({
    context: 'findings/prod/registry',
    state: 'success',
    description: 'sha256:bbbbbbbbbbbb pass: 0 of 3 findings fail',
    created_at: '2026-11-20T11:00:00Z',
  })
  github.deployments.push({
    id: 1,
    environment: 'dev',
    task: 'deploy:registry',
    payload: {
      version: 1,
      service: 'registry',
      release: releaseB,
      outcome: 'pass',
      reason: 'good',
      strategy: 'ROLLING',
      bundleSha256: 'x',
      gates: [],
      startedAt: '2026-11-20T10:00:00.000Z',
      finishedAt: '2026-11-20T10:05:00.000Z',
    },
  })
  const head = { ref: 'promotion/prod/registry/bbbbbbbbbbbb', sha: 'd'.repeat(40) }
  const user = { login: 'github-actions[bot]' }
  github.pulls.push({
    number: 1,
    state: 'closed',
    merged_at: '2026-11-20T12:00:00Z',
    head,
    user,
    html_url: 'https://x',
  })
  github.reviews.set(1, [{ user: { login: 'alice' }, state: 'APPROVED', commit_id: head.sha }])
  github.approvals = [{ state: 'approved', user: { login: 'bob' }, environments: [{ name: 'prod' }] }]
  // What promoted image A, which the last recorded rollout delivered, and what has come to the service's file since.
  github.deployments.push(passed('prod', { ...releaseB, image: imageA, commit: 'a'.repeat(40) }, configured))
  return github
}

/** The commit of main whose `environments/` prod runs. */
const configured = 'e'.repeat(40)
const passed = (environment: string, release: typeof releaseB, configuration?: string) => ({
  id: 9,
  environment,
  task: 'deploy:registry',
  payload: {
    version: 1,
    service: 'registry',
    release,
    outcome: 'pass',
    reason: 'good',
    strategy: 'ROLLING',
    bundleSha256: 'x',
    gates: [],
    startedAt: '2026-11-19T10:00:00.000Z',
    finishedAt: '2026-11-19T10:05:00.000Z',
    ...(configuration == null ? {} : { configuration }),
  },
})

async function plan(github: FakeGitHub, handlers = aws(), inputs: Record<string, string> = {}) {
  const env = {
    GITHUB_WORKSPACE: writeFolder(merged),
    GITHUB_API_URL: github.url,
    AWS_ENDPOINT_URL: await fakeAws(handlers),
  }
  const given = { environment: 'prod', service: 'registry', token: 'ghs_test', ...inputs }
  return { env, run: await runEntry('plan-promotion', given, env) }
}

describe('plan-promotion', () => {
  it('writes what an approver has to know, and the roles of the jobs after it', async () => {
    const { run } = await plan(await promoted())
    expect(run.log).not.toContain('::error')
    expect(run).toMatchObject({
      code: 0,
      outputs: {
        strategy: 'ROLLING',
        region: 'us-east-1',
        unchanged: 'false',
        eligible: 'true',
        next: '[]',
        'deploy-role': 'arn:aws:iam::000000000000:role/sluice-deploy-prod',
        'rollout-role': 'arn:aws:iam::000000000000:role/sluice-rollout-prod',
        'roll-back-role': 'arn:aws:iam::000000000000:role/sluice-roll-back-prod',
      },
    })
    const bundle = JSON.parse(readFileSync(run.outputs['bundle'] ?? '', 'utf8'))
    expect(bundle).toMatchObject({
      from: { image: imageA, commit: 'a'.repeat(40), version: '1.0.0' },
      to: { image: imageB },
      gates: [{ gate: 'findings', outcome: 'pass', reason: '0 of 3 findings fail' }],
      runs: [{ environment: 'dev', outcome: 'pass' }],
    })
    expect(bundle.change.commits[0].people.map(({ login }: { login?: string }) => login)).toEqual(['carol', 'dave'])
    const paths = bundle.taskDefinition.changes.map((change: { path: string }) => change.path)
    expect(paths).toContain('containerDefinitions.registry.image')
    expect(run.summary).toContain('**Risk')
  })

  it('fails for a release that was not scanned and has not run before, with both reasons', async () => {
    const github = await promoted()
    github.statuses.length = 0
    github.deployments.length = 0
    const { run } = await plan(github)
    expect(run.code).toBe(1)
    expect(run.outputs['reason']).toContain('the gate "findings" has no result')
    expect(run.outputs['reason']).toContain('it has not run in dev yet')
  })

  it('does not count a decision on another build of the same commit', async () => {
    const github = await promoted()
    Object.assign(github.statuses[0] ?? {}, { description: 'sha256:cccccccccccc pass: 0 of 3 findings fail' })
    expect((await plan(github)).run.outputs['eligible']).toBe('false')
  })

  it('holds a release that was rolled back, unless a person gives a reason', async () => {
    const github = await promoted()
    const [dev] = github.deployments
    const payload = { ...(dev?.['payload'] as object), outcome: 'fail' }
    github.deployments.push({ ...dev, id: 2, environment: 'prod', payload })
    expect((await plan(github)).run.outputs['reason']).toContain('it is held in prod: deployment 2')
    expect((await plan(github, aws(), { reason: 'the database was down' })).run.code).toBe(0)
  })

  it('is an error, not a verdict, when AWS cannot be asked', async () => {
    const { run } = await plan(await promoted(), {
      ...aws(),
      DescribeServices: () => awsError('AccessDeniedException'),
    })
    expect(run.code).toBe(1)
    expect(run.summary).toContain('Nothing was decided')
    expect(run.outputs['eligible']).toBeUndefined()
  })
})

describe('verify-approval', () => {
  async function verify(github: FakeGitHub, change: (bundle: string) => string = (bundle) => bundle, handlers = aws()) {
    const { run, env } = await plan(github)
    const bundle = `${env.GITHUB_WORKSPACE}/bundle.json`
    const { writeFileSync } = await import('node:fs')
    writeFileSync(bundle, change(readFileSync(run.outputs['bundle'] ?? '', 'utf8')))
    const inputs = { bundle, 'bundle-sha256': run.outputs['bundle-sha256'], token: 'ghs_test' }
    return runEntry('verify-approval', inputs, { ...env, AWS_ENDPOINT_URL: await fakeAws(handlers) })
  }

  it('accepts a review and an approval of the run, by two people with no hand in the change', async () => {
    const run = await verify(await promoted())
    expect(run.log).not.toContain('::error')
    expect(run).toMatchObject({ code: 0, outputs: { approvers: 'alice,bob' } })
  })

  it.each<[string, (github: FakeGitHub) => unknown, string]>([
    [
      'the author approves',
      (github) => github.reviews.set(1, [{ user: { login: 'carol' }, state: 'APPROVED', commit_id: 'd'.repeat(40) }]),
      'carol does not count: an author of the change',
    ],
    [
      'the author of a change of the configuration approves',
      (github) => {
        const change = commit('f'.repeat(40), 'bob')
        const comparison = { status: 'ahead', total_commits: 1, commits: [change], files: [] }
        github.comparisons.set(`${configured}...${'c'.repeat(40)}`, comparison)
        github.history.set('environments/prod/environment.yaml', [change, commit('d'.repeat(40), 'alice')])
      },
      'expected the approval of 2 people, found 1 (alice); bob does not count: an author of its configuration',
    ],
    [
      'a co-author approves',
      (github) =>
        (github.approvals = [{ state: 'approved', user: { login: 'dave' }, environments: [{ name: 'prod' }] }]),
      'dave does not count',
    ],
    [
      'the review was of an earlier commit',
      (github) => github.reviews.set(1, [{ user: { login: 'alice' }, state: 'APPROVED', commit_id: 'e'.repeat(40) }]),
      'found 1 (bob)',
    ],
    [
      'the reviewer changed their mind',
      (github) =>
        github.reviews
          .get(1)
          ?.push({ user: { login: 'alice' }, state: 'CHANGES_REQUESTED', commit_id: 'd'.repeat(40) }),
      'found 1 (bob)',
    ],
    [
      'the approval was for another environment',
      (github) => (github.approvals = [{ state: 'approved', user: { login: 'bob' }, environments: [{ name: 'dev' }] }]),
      'found 1 (alice)',
    ],
    [
      'who approves the run started it',
      (github) => (github.run = { actor: { login: 'bob' }, triggering_actor: { login: 'bob' } }),
      'bob does not count: started this run',
    ],
  ])('refuses when %s', async (_what, change, reason) => {
    const github = await promoted()
    change(github)
    const run = await verify(github)
    expect(run.code).toBe(1)
    expect(run.log).toContain(reason)
  })

  it('is an error, not an approval, when the commits of the configuration cannot be listed', async () => {
    const github = await promoted()
    const run = await verify(github, (bundle) => {
      github.refuseHistory = 403
      return bundle
    })
    expect(run.code).toBe(1)
    expect(run.outputs['approvers']).toBeUndefined()
    expect(run.summary).toContain('Nothing was decided')
  })

  it('refuses evidence that was altered, and says everything else as well', async () => {
    const github = await promoted()
    github.approvals = []
    const run = await verify(github, (bundle) => bundle.replace('"strategy":"ROLLING"', '"strategy":"CANARY"'))
    expect(run.code).toBe(1)
    expect(run.log).toContain('the evidence was altered after it was shown')
    expect(run.log).toContain('expected the approval of 2 people, found 1 (alice)')
  })

  it('refuses when production moved on, and when the digest is gone', async () => {
    const gone = { DescribeImages: () => awsError('ImageNotFoundException') }
    const run = await verify(await promoted(), undefined, { ...aws(imageB), ...gone })
    expect(run.log).toContain(`expected ${imageA} to run, as the evidence says, found ${imageB}`)
    expect(run.log).toContain('is not in the registry any more')
  })
})
