import { taskSkeletonSchema } from '@sluice/core/task-skeleton'
import { fakeAws, type AwsHandlers } from '../fakes/aws-server.ts'
import { environmentFiles, imageA, imageB, releaseB, writeFolder } from '../fakes/environments.ts'
import { fakeGitHub, type FakeGitHub } from '../fakes/github-server.ts'
import { runEntry } from '../fakes/run-entry.ts'

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
export const aws = (image = imageA): AwsHandlers => ({
  DescribeServices: () => ({
    services: [
      { status: 'ACTIVE', taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/prod-registry:3' },
    ],
  }),
  DescribeTaskDefinition: () => definition(image),
  GetParameter: () => ({ Parameter: { Value: JSON.stringify(skeleton) } }),
  DescribeImages: () => ({ imageDetails: [{ imageDigest: imageB.split('@')[1] }] }),
})
export const commit = (sha: string, login: string) => ({
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
export async function promoted(): Promise<FakeGitHub> {
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
export const configured = 'e'.repeat(40)
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

export async function plan(github: FakeGitHub, handlers = aws(), inputs: Record<string, string> = {}) {
  const env = {
    GITHUB_WORKSPACE: writeFolder(merged),
    GITHUB_API_URL: github.url,
    AWS_ENDPOINT_URL: await fakeAws(handlers),
  }
  const given = { environment: 'prod', service: 'registry', token: 'ghs_test', ...inputs }
  return { env, run: await runEntry('plan-promotion', given, env) }
}
