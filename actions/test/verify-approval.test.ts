import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { awsError, fakeAws } from './fakes/aws-server.ts'
import { imageA, imageB } from './fakes/environments.ts'
import type { FakeGitHub } from './fakes/github-server.ts'
import { runEntry } from './fakes/run-entry.ts'
import { aws, commit, configured, plan, promoted } from './promotion/promoted.ts'

async function verify(github: FakeGitHub, change: (bundle: string) => string = (bundle) => bundle, handlers = aws()) {
  const { run, env } = await plan(github)
  const bundle = `${env.GITHUB_WORKSPACE}/bundle.json`
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
    (github) => (github.approvals = [{ state: 'approved', user: { login: 'dave' }, environments: [{ name: 'prod' }] }]),
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
      github.reviews.get(1)?.push({ user: { login: 'alice' }, state: 'CHANGES_REQUESTED', commit_id: 'd'.repeat(40) }),
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
