import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { aBundle } from '../core/test/evidence/a-bundle.ts'
import { environmentFiles, imageA, imageB, releaseB, writeFolder } from './fakes/environments.ts'
import { fakeGitHub, type FakeGitHub } from './fakes/github-server.ts'
import { runEntry } from './fakes/run-entry.ts'

const { from: _none, ...firstPromotion } = aBundle().promotion
const eligible = aBundle({ environment: 'dev', promotion: { ...firstPromotion, approvals: 0 }, runs: [] })
const path = 'environments/dev/registry.yaml'

async function open(github: FakeGitHub, inputs: Record<string, string | undefined> = {}, bundle: object = eligible) {
  const folder = writeFolder({ ...environmentFiles, 'bundle.json': JSON.stringify(bundle) })
  return runEntry(
    'open-promotion',
    {
      environment: 'dev',
      service: 'registry',
      release: JSON.stringify(releaseB),
      bundle: `${folder}/bundle.json`,
      token: 'ghs_test',
      ...inputs,
    },
    { GITHUB_WORKSPACE: folder, GITHUB_API_URL: github.url },
  )
}

it("merges a promotion to an automatic environment and starts its deployment, for the job's own token starts nothing", async () => {
  const github = await fakeGitHub(environmentFiles)
  const run = await open(github)
  expect(run).toMatchObject({ code: 0, outputs: { 'pull-request': '1', merged: 'true' } })
  const main = github.branches.get('main')?.files ?? {}
  expect(parse(main[path] ?? '')).toMatchObject({ release: releaseB })
  expect(main[path]).toContain('release: # only a promotion changes these lines')
  expect(Object.keys(main).filter((name) => main[name] !== environmentFiles[name])).toEqual([path])
  expect(github.dispatches).toEqual([
    { workflow: 'deploy-env.yml', ref: 'main', inputs: { environment: 'dev', service: 'registry' } },
  ])
})

it('leaves a promotion open where people promote, with the evidence as its text', async () => {
  const github = await fakeGitHub(environmentFiles)
  const run = await open(github, { environment: 'prod' }, aBundle())
  expect(run).toMatchObject({ code: 0, outputs: { 'pull-request': '1', merged: 'false' } })
  expect(github.pulls[0]).toMatchObject({ state: 'open', title: 'promote(prod): registry 1.1.0' })
  expect(github.pulls[0]?.['body']).toContain('**Risk LOW**')
  expect(github.dispatches).toEqual([])
})

it('finds its pull request again, and closes older ones of the same service', async () => {
  const github = await fakeGitHub(environmentFiles)
  const older = { ...releaseB, image: imageB.replace('b'.repeat(64), 'c'.repeat(64)) }
  await open(github, { environment: 'prod', release: JSON.stringify(older) }, aBundle())
  await open(github, { environment: 'prod' }, aBundle())
  const again = await open(github, { environment: 'prod' }, aBundle())
  expect(again.outputs).toMatchObject({ 'pull-request': '2' })
  expect(github.pulls.map(({ state }) => state)).toEqual(['closed', 'open'])
})

it('makes a branch anew that changes more than the release, and merges nothing of it', async () => {
  const github = await fakeGitHub(environmentFiles)
  await open(github, {}, { ...eligible, gates: [] })
  const branch = github.branches.get('promotion/dev/registry/bbbbbbbbbbbb')
  expect(Object.keys(branch?.files ?? {})).toContain(path)
  Object.assign(branch?.files ?? {}, { '.github/workflows/main.yml': 'on: push' })
  const run = await open(github)
  expect(run).toMatchObject({ code: 0, outputs: { 'pull-request': '1', merged: 'true' } })
  const main = github.branches.get('main')?.files ?? {}
  expect(Object.keys(main).filter((name) => main[name] !== environmentFiles[name])).toEqual([path])
})

it('leaves the pull request of a fork alone whose branch is named like its own', async () => {
  const github = await fakeGitHub(environmentFiles)
  const head = {
    ref: 'promotion/dev/registry/bbbbbbbbbbbb',
    sha: 'e'.repeat(40),
    repo: { full_name: 'mallory/sluice' },
  }
  github.pulls.push({ number: 1, state: 'open', merged_at: null, title: 'a gift', head })
  const run = await open(github)
  expect(run).toMatchObject({ code: 0, outputs: { 'pull-request': '2', merged: 'true' } })
  expect(github.pulls[0]).toMatchObject({ state: 'open', merged_at: null, title: 'a gift' })
})

it('leaves open what is not eligible yet, and says why', async () => {
  const github = await fakeGitHub(environmentFiles)
  const run = await open(github, {}, { ...eligible, gates: [] })
  expect(run).toMatchObject({ code: 0, outputs: { merged: 'false' } })
  expect(run.summary).toContain('the gate "findings" has no result')
  expect(github.pulls[0]?.state).toBe('open')
})

it('does nothing when main says so already', async () => {
  const github = await fakeGitHub(environmentFiles)
  await open(github)
  const again = await open(github)
  expect(again).toMatchObject({ code: 0, outputs: { 'pull-request': '', merged: 'false' } })
  expect(github.pulls).toHaveLength(1)
})

it('does not merge over a failed check', async () => {
  const github = await fakeGitHub(environmentFiles)
  github.checkRuns.push({ name: 'required', status: 'completed', conclusion: 'failure' })
  const run = await open(github)
  expect(run.code).toBe(1)
  expect(run.log).toContain('expected every check to succeed, found required (failure)')
  expect(github.pulls[0]?.state).toBe('open')
})

it('says what to do when the rules of main forbid the merge', async () => {
  const github = await fakeGitHub(environmentFiles)
  github.refuseMerge = 405
  const run = await open(github)
  expect(run.code).toBe(1)
  expect(run.log).toContain('could not be merged: Required status check')
  expect(github.dispatches).toEqual([])
})

it('takes a failed release back without starting anything, and holds it in its text', async () => {
  const github = await fakeGitHub(environmentFiles)
  await open(github)
  github.dispatches.length = 0
  const run = await open(github, {
    release: JSON.stringify({ image: imageA, commit: 'a'.repeat(40), version: '1.0.0' }),
    'revert-of': JSON.stringify(releaseB),
    bundle: undefined,
    reason: '20 % of requests failed',
  })
  expect(run).toMatchObject({ code: 0, outputs: { merged: 'true' } })
  expect(github.pulls[1]?.['body']).toContain('was rolled back in dev: 20 % of requests failed')
  expect(parse(github.branches.get('main')?.files[path] ?? '')).toMatchObject({ release: { commit: 'a'.repeat(40) } })
  expect(github.dispatches).toEqual([])
})
