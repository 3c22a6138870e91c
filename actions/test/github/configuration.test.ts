import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gitHub } from '../../src/github/clients.ts'
import { readConfigurationChange } from '../../src/github/configuration.ts'
import { fakeGitHub, type FakeGitHub } from '../fakes/github-server.ts'

let github: FakeGitHub
beforeEach(async () => {
  vi.stubEnv('GITHUB_REPOSITORY', 'acme/sluice')
  github = await fakeGitHub()
})
afterEach(() => vi.unstubAllEnvs())

const commit = (sha: string, date = '2026-11-20T10:00:00Z', login?: string) => ({
  sha,
  commit: {
    message: `chore: ${sha}`,
    author: { name: 'Ann', email: 'ann@example.org', date },
    committer: { name: 'Ann', email: 'ann@example.org', date },
  },
  author: login == null ? null : { login },
  committer: null,
})
const read = (since: string | undefined, paths = ['environments/prod/registry.yaml']) =>
  readConfigurationChange(gitHub('ghs_test', { GITHUB_API_URL: github.url }), { since, head: 'head', paths })
const compared = (...commits: object[]) => ({ status: 'ahead', total_commits: commits.length, commits, files: [] })

it('reads all pages of a path, one hundred a page', async () => {
  const all = Array.from({ length: 250 }, (_, index) => commit(`c${index}`))
  github.history.set('environments/prod/registry.yaml', all)
  const { commits, complete } = await read(undefined)
  expect(complete).toBe(true)
  expect(commits.map(({ sha }) => sha)).toEqual(all.map(({ sha }) => sha))
  expect(github.historyQueries.map(({ per_page, page }) => [per_page, page])).toEqual([
    ['100', undefined],
    ['100', '2'],
    ['100', '3'],
  ])
  expect(github.historyQueries[0]).not.toHaveProperty('since')
})

it('counts what is new by ancestry, and asks for no more of the past than the earliest of it', async () => {
  // Merged today, written long ago: a time of the last deployment would have passed it over.
  const early = commit('early', '2020-01-01T00:00:00Z', 'ann')
  github.compare = compared(early, commit('code'))
  github.history.set('environments/prod/registry.yaml', [early, commit('delivered')])
  const { commits } = await read('base')
  expect(commits).toMatchObject([{ sha: 'early', people: [{ login: 'ann' }, { name: 'Ann' }] }])
  expect(github.historyQueries).toMatchObject([{ sha: 'head', since: '2019-12-31T23:59:59.000Z' }])
})

it('names those whose commits are taken back', async () => {
  github.compare = { ...compared(commit('taken-back')), status: 'behind' }
  github.history.set('environments/prod/registry.yaml', [commit('taken-back')])
  expect((await read('base')).commits).toMatchObject([{ sha: 'taken-back' }])
  expect(github.historyQueries).toMatchObject([{ sha: 'base' }])
})

it('knows whoever has no account by name and address, as for the commits of an image', async () => {
  github.history.set('environments/prod/registry.yaml', [commit('c1')])
  expect((await read(undefined)).commits[0]?.people).toEqual([{ name: 'Ann', email: 'ann@example.org' }])
})

it('asks nothing when what runs was configured by the same commit', async () => {
  expect(await read('head')).toEqual({ commits: [], complete: true })
  expect(github.historyQueries).toEqual([])
})

it('says that something is missing when the two commits cannot be compared, or not all of what is between them', async () => {
  expect(await read('gone')).toEqual({ commits: [], complete: false })
  github.compare = { ...compared(commit('c1')), total_commits: 5000, commits: [] }
  expect(await read('base')).toMatchObject({ complete: false })
})

it('is an error when GitHub does not answer', async () => {
  github.refuseHistory = 403
  await expect(read(undefined)).rejects.toThrow('Forbidden')
})
