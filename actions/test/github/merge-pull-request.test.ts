import { beforeEach, describe, expect, it, vi } from 'vitest'
import { gitHub } from '../../src/github/clients.ts'
import { mergePullRequest, waitForChecks } from '../../src/github/merge-pull-request.ts'
import { fakeGitHub, type FakeGitHub } from '../fakes/github-server.ts'

const pull = { number: 1, url: 'https://github.com/acme/sluice/pull/1', headSha: 'a'.repeat(40) }
const timeoutMilliseconds = 600_000
let github: FakeGitHub

beforeEach(async () => {
  github = await fakeGitHub()
  vi.stubEnv('GITHUB_API_URL', github.url)
  vi.stubEnv('GITHUB_REPOSITORY', 'acme/sluice')
  return () => vi.unstubAllEnvs()
})

/** A clock whose sleeps take no time; `at` lets something happen at a second. */
function clock(at: Readonly<Record<number, () => void>> = {}) {
  let seconds = 0
  return {
    now: () => new Date(seconds * 1000),
    sleep: async (milliseconds: number) => {
      for (const end = seconds + milliseconds / 1000; seconds < end;) at[(seconds += 1)]?.()
    },
    seconds: () => seconds,
  }
}
const check = (status: string, conclusion?: string) => ({ name: 'required', status, conclusion })

it('waits for nothing where nothing runs', async () => {
  const time = clock()
  await waitForChecks(gitHub('t'), pull, time, { expectsChecks: false, timeoutMilliseconds })
  expect(time.seconds()).toBe(0)
})

it('waits for the first check where a push starts some, and then for its end', async () => {
  const time = clock({
    12: () => github.checkRuns.push(check('in_progress')),
    40: () => github.checkRuns.splice(0, 1, check('completed', 'success')),
  })
  await waitForChecks(gitHub('t'), pull, time, { expectsChecks: true, timeoutMilliseconds })
  expect(time.seconds()).toBe(40)
})

it('goes on after a minute where no check comes', async () => {
  const time = clock()
  await waitForChecks(gitHub('t'), pull, time, { expectsChecks: true, timeoutMilliseconds })
  expect(time.seconds()).toBe(60)
})

it('gives up on checks that do not end, and names them', async () => {
  github.checkRuns.push(check('in_progress'))
  const waiting = waitForChecks(gitHub('t'), pull, clock(), { expectsChecks: false, timeoutMilliseconds })
  await expect(waiting).rejects.toThrow('expected its checks to end, found required still running')
})

describe('a merge that GitHub refuses', () => {
  const refused = (mergedAt: string | null, sha: string) => {
    github.refuseMerge = 405
    const head = { ref: 'promotion/dev/registry/aaaaaaaaaaaa', sha }
    github.pulls.push({ number: 1, state: mergedAt == null ? 'open' : 'closed', merged_at: mergedAt, head })
    return mergePullRequest(gitHub('t'), pull)
  }

  it('is none to be made when the commit was merged already', async () => {
    await expect(refused('2026-11-20T12:00:00Z', pull.headSha)).resolves.toBeUndefined()
  })

  it.each([
    ['nothing was merged', null, pull.headSha],
    ['something else was merged', '2026-11-20T12:00:00Z', 'b'.repeat(40)],
  ])('is an error when %s', async (_, mergedAt, sha) => {
    await expect(refused(mergedAt, sha)).rejects.toThrow('could not be merged')
  })
})
