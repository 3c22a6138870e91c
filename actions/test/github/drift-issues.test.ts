import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gitHub } from '../../src/github/clients.ts'
import { reportDrift } from '../../src/github/drift-issues.ts'
import { fakeGitHub, type FakeGitHub } from '../fakes/github-server.ts'

let github: FakeGitHub
beforeEach(async () => {
  vi.stubEnv('GITHUB_REPOSITORY', 'acme/sluice')
  github = await fakeGitHub()
})
afterEach(() => vi.unstubAllEnvs())
const report = async (...lines: string[]) =>
  (await reportDrift(gitHub('ghs_test', { GITHUB_API_URL: github.url }), 'prod', lines, 'https://run/1')).kind
const states = () => github.issues.map(({ state }) => state)

it('keeps one issue from the first difference to the last', async () => {
  expect(await report()).toBe('nothing')
  expect(await report('a')).toBe('open')
  expect(await report('a')).toBe('nothing')
  expect(await report('a', 'b')).toBe('update')
  expect(github.issues).toMatchObject([{ state: 'open', body: expect.stringContaining('a\nb') }])
  expect(await report()).toBe('close')
  expect(github.issues).toMatchObject([{ state: 'closed', state_reason: 'completed' }])
  expect(github.comments).toMatchObject([{ issue: 1, body: expect.stringContaining('as git says again') }])
  expect(await report('a')).toBe('open')
  expect(states()).toEqual(['closed', 'open'])
})

it('finds its issue behind a page of others, and takes no pull request for one', async () => {
  await report('a')
  const [own] = github.issues.splice(0, 1)
  for (let number = 2; number <= 130; number += 1) {
    github.issues.push({ number, state: 'open', body: own?.['body'], user: { type: 'Bot' }, pull_request: {} })
  }
  github.issues.push({ ...own })
  expect(await report('a', 'b')).toBe('update')
  expect(github.issues.at(-1)).toMatchObject({ number: 1, body: expect.stringContaining('a\nb') })
})
