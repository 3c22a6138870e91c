import { parseDesiredState } from '@sluice/core/environment/read'
import { beforeEach, expect, it, vi } from 'vitest'
import { gitHub } from '../../src/github/clients.ts'
import { listPromotions } from '../../src/promotion/list-promotions.ts'
import { environmentFiles, imageA, releaseB, writeFolder } from '../fakes/environments.ts'
import { fakeGitHub, type FakeGitHub } from '../fakes/github-server.ts'
import { runEntry } from '../fakes/run-entry.ts'

const minute = 60_000
const now = new Date('2026-11-20T12:00:00Z')
const path = 'environments/stage/registry.yaml'
const onMain: Readonly<Record<string, string>> = {
  ...environmentFiles,
  'environments/policy/findings.yaml': 'required: { dev: [npm-audit], stage: [npm-audit], prod: [npm-audit, ecr] }\n',
  'environments/stage/environment.yaml':
    'account: "000000000000"\nregions: [us-east-1]\npromotion: { from: dev, mode: auto, soak: 30m }\n',
  [path]: environmentFiles['environments/dev/registry.yaml'] ?? '',
}
const promoted = (file: string) =>
  (onMain[file] ?? '')
    .replace(imageA, releaseB.image)
    .replace('a'.repeat(40), releaseB.commit)
    .replace('1.0.0', releaseB.version)
const branch = 'promotion/stage/registry/bbbbbbbbbbbb'

/** What is open: release B on its way from dev, where it ended well `ago` milliseconds ago, into `stage`. */
async function waiting(change: (github: FakeGitHub) => void = () => undefined, ago = 31 * minute): Promise<FakeGitHub> {
  const github = await fakeGitHub(onMain)
  const record = { version: 1, service: 'registry', release: releaseB, reason: 'good', strategy: 'ROLLING', gates: [] }
  const times = { startedAt: '2026-11-20T10:00:00.000Z', finishedAt: new Date(now.getTime() - ago).toISOString() }
  const payload = { ...record, ...times, outcome: 'pass', bundleSha256: 'x' }
  github.deployments.push({ id: 1, environment: 'dev', task: 'deploy:registry', payload })
  github.statuses.push({
    context: 'findings/stage/registry',
    state: 'success',
    description: 'sha256:bbbbbbbbbbbb pass: 0 of 3 findings fail',
    created_at: '2026-11-20T11:00:00Z',
  })
  openPull(github, branch, { [path]: promoted(path) })
  change(github)
  return github
}

function openPull(github: FakeGitHub, ref: string, files: Record<string, string>, repository = 'acme/sluice') {
  const number = github.pulls.length + 1
  const sha = String(number).repeat(40)
  github.branches.set(ref, { sha, files: { ...onMain, ...files } })
  const head = { ref, sha, repo: { full_name: repository } }
  github.pulls.push({ number, state: 'open', merged_at: null, head })
}

async function list(github: FakeGitHub, files: Readonly<Record<string, string>> = onMain) {
  vi.stubEnv('GITHUB_API_URL', github.url)
  const state = parseDesiredState(new Map(Object.entries(files).map(([name, text]) => [name.slice(13), text])))
  return listPromotions(gitHub('t'), state, now)
}
const place = { pull: 1, environment: 'stage', service: 'registry' }

beforeEach(() => {
  vi.stubEnv('GITHUB_REPOSITORY', 'acme/sluice')
  return () => vi.unstubAllEnvs()
})

it('gives a promotion whose soak is over, with its release, for a matrix', async () => {
  const folder = writeFolder(onMain)
  const { url } = await waiting()
  const env = { GITHUB_WORKSPACE: folder, GITHUB_API_URL: url }
  const { code, outputs, summary } = await runEntry('list-promotions', { token: 'ghs_test' }, env)
  expect(code).toBe(0)
  expect(JSON.parse(outputs['due'] ?? '')).toEqual([{ environment: 'stage', service: 'registry', release: releaseB }])
  expect(summary).toContain('| #1 | registry 1.1.0 to stage | now |')
})

it.each<[string, (github: FakeGitHub) => void, number, string]>([
  ['that soaks', () => undefined, 5 * minute, 'it has to run in dev for 30m, until 2026-11-20T12:25:00.000Z'],
  ['that never ran in the environment before', ({ deployments }) => deployments.splice(0), 0, 'it has not run in dev'],
  ['whose findings nobody decided on', ({ statuses }) => statuses.splice(0), 31 * minute, 'has no result'],
  [
    'whose branch names no release',
    ({ branches }) => ((branches.get(branch)?.files ?? {})[path] = 'release: { image: "registry:latest" }'),
    31 * minute,
    'name a digest',
  ],
  [
    'whose branch has not the file',
    (github) => github.branches.set(branch, { sha: '1'.repeat(40), files: {} }),
    31 * minute,
    `its branch has no ${path}`,
  ],
])('leaves one open %s, and says why', async (_, change, ago, why) => {
  const [promotion, ...others] = await list(await waiting(change, ago))
  expect(promotion).toMatchObject({ ...place, reasons: [expect.stringContaining(why)] })
  expect(others).toEqual([])
})

it('leaves one open in a freeze', async () => {
  const freeze = `windows:
  - { name: fair, effect: deny, environments: [stage], from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" }
`
  const settings = 'environments/stage/environment.yaml'
  const frozen = (onMain[settings] ?? '').replace('soak: 30m', 'soak: 30m, freeze: policy/freeze.yaml')
  const files = { ...onMain, 'environments/policy/freeze.yaml': freeze, [settings]: frozen }
  const [promotion] = await list(await waiting(), files)
  expect(promotion?.reasons).toEqual([expect.stringContaining('until 2026-11-21T00:00:00.000Z')])
})

it.each<[string, (github: FakeGitHub) => void]>([
  ['that people merge', (github) => openPull(github, 'promotion/prod/registry/bbbbbbbbbbbb', {})],
  ['of a fork', (github) => openPull(github, branch, { [path]: promoted(path) }, 'mallory/sluice')],
  ['into an environment that is none', (github) => openPull(github, 'promotion/qa/registry/bbbbbbbbbbbb', {})],
  ['that takes a release back', (github) => openPull(github, `${branch}-revert`, {})],
  ['that is no promotion', (github) => openPull(github, 'feat/button', {})],
])('does not list a pull request %s', async (_, add) => {
  const github = await waiting(({ pulls }) => pulls.splice(0))
  add(github)
  expect(github.pulls).toHaveLength(1)
  expect(await list(github)).toEqual([])
})
