import { expect, it } from 'vitest'
import { releaseB } from './fakes/environments.ts'
import { fakeGitHub, type FakeGitHub } from './fakes/github-server.ts'
import { runEntry } from './fakes/run-entry.ts'

const handle = {
  environment: 'prod',
  service: 'registry',
  region: 'us-east-1',
  cluster: 'sluice-prod',
  ecsService: 'prod-registry',
  serviceDeploymentArn: 'arn:aws:ecs:us-east-1:000000000000:service-deployment/sluice-prod/prod-registry/1',
  revisionId: '1',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/prod-registry:4',
  strategy: 'LINEAR',
  image: releaseB.image,
  startedAt: '2026-11-20T12:00:00.000Z',
  productionUrl: 'http://127.0.0.1:8080',
}
const record = (github: FakeGitHub, outcome: string) =>
  runEntry(
    'record-deployment',
    {
      handle: JSON.stringify(handle),
      release: JSON.stringify(releaseB),
      outcome,
      reason: `it said ${outcome}`,
      'bundle-sha256': 'f'.repeat(64),
      token: 'ghs_test',
    },
    { GITHUB_API_URL: github.url },
  )

it.each([
  ['pass', 'success'],
  ['fail', 'failure'],
  ['inconclusive', 'failure'],
])('records %s as %s, with what later runs read', async (outcome, state) => {
  const github = await fakeGitHub()
  expect(await record(github, outcome)).toMatchObject({ code: 0, outputs: { 'deployment-id': '1' } })
  expect(github.deployments[0]).toMatchObject({
    environment: 'prod',
    task: 'deploy:registry',
    ref: releaseB.commit,
    auto_merge: false,
    required_contexts: [],
    payload: {
      release: releaseB,
      outcome,
      strategy: 'LINEAR',
      bundleSha256: 'f'.repeat(64),
      configuration: 'c'.repeat(40),
    },
  })
  expect(github.deploymentStatuses).toMatchObject([{ state, environment_url: 'http://127.0.0.1:8080' }])
})

it('records once when it runs twice', async () => {
  const github = await fakeGitHub()
  await record(github, 'pass')
  expect(await record(github, 'pass')).toMatchObject({ code: 0, outputs: { 'deployment-id': '1' } })
  expect(github.deployments).toHaveLength(1)
})
