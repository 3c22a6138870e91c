import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { startGitHub, type GitHubEvent, type GitHubOptions, type LocalGitHub } from '../src/index.ts'

/** The third-party actions that have stand-ins, as workflows name them. */
export const thirdParty = {
  checkout: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1',
  upload: 'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f',
  download: 'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c',
} as const

export type Files = Readonly<Record<string, string>>

/** A new repository of some files for every test, on a local GitHub that is closed after it. */
export function localRepository() {
  let folder = ''
  let github: LocalGitHub | undefined
  let events: GitHubEvent[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-github-'))
    events = []
  })
  afterEach(async () => {
    await github?.close()
    github = undefined
    rmSync(folder, { recursive: true, force: true })
  })
  // By variables: those of whoever runs the tests would come before git's configuration.
  const ann = {
    GIT_AUTHOR_NAME: 'ann',
    GIT_AUTHOR_EMAIL: 'ann@example.com',
    GIT_COMMITTER_NAME: 'ann',
    GIT_COMMITTER_EMAIL: 'ann@example.com',
  }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: join(folder, 'work'), env: { ...process.env, ...ann } })
      .toString()
      .trim()
  /** Commits these files on top of what is there. Gives the commit, for `push`. */
  const commit = (files: Files, branch = 'main') => {
    const work = join(folder, 'work')
    if (git('branch', '--show-current') !== branch) git('checkout', '-q', '-B', branch)
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(work, path)), { recursive: true })
      writeFileSync(join(work, path), text)
    }
    git('add', '-A')
    git('commit', '-qm', Object.keys(files).join(', '))
    return { repository: work, commit: git('rev-parse', 'HEAD') }
  }
  const start = async (files: Files, options: Partial<GitHubOptions> = {}): Promise<LocalGitHub> => {
    mkdirSync(join(folder, 'work'))
    git('init', '-q', '-b', 'main')
    github = await startGitHub({
      folder: join(folder, 'github'),
      source: commit({ 'README.md': 'x', ...files }),
      owner: 'acme',
      ownerId: 1,
      repository: 'sluice',
      repositoryId: 2,
      users: [{ login: 'ann', kind: 'user' }],
      environments: { prod: { reviewers: ['bob', 'ann'], preventSelfReview: true } },
      jobEnvironment: () => ({ PATH: process.env['PATH'] ?? '' }),
      onEvent: (event) => events.push(event),
      ...options,
    })
    return github
  }
  return {
    start,
    commit,
    git,
    /** Starts a repository of one workflow, `main.yml`, runs it as ann and waits for its end. */
    runs: async (
      workflow: string,
      options: Partial<GitHubOptions> & {
        readonly files?: Files
        readonly inputs?: Readonly<Record<string, unknown>>
        readonly before?: (hub: LocalGitHub) => Promise<unknown>
      } = {},
    ): Promise<LocalGitHub> => {
      const { files = {}, inputs = {}, before, ...rest } = options
      const hub = await start({ '.github/workflows/main.yml': workflow, ...files }, rest)
      await before?.(hub)
      await hub.dispatch('ann', 'main.yml', 'main', inputs)
      await hub.settled()
      return hub
    },
    events: () => events,
    logs: () => events.flatMap((event) => (event.type === 'log' ? [event.line] : [])),
    conclusions: () =>
      Object.fromEntries(
        events.flatMap((event) => (event.type === 'job-finished' ? [[event.job, event.conclusion]] : [])),
      ),
    /** What every job came to, as its check tells: those that were skipped too. */
    checks: () => Object.fromEntries((github?.checks() ?? []).map(({ name, conclusion }) => [name, conclusion])),
  }
}
