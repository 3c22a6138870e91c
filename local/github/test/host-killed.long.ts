import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from './is-alive.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-github-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  ['its host is killed', (pid: number) => process.kill(pid, 'SIGKILL')],
  ["its host's whole process group is killed", (pid: number) => process.kill(-pid, 'SIGKILL')],
])('when %s', (_how, kill) => {
  it('no process of a step is left, not even one in a session of its own', { timeout: 300_000 }, async () => {
    const work = join(folder, 'work')
    const pids = join(folder, 'pids')
    mkdirSync(join(work, '.github', 'workflows'), { recursive: true })
    const script = `sleep 300 & a=$!; setsid sleep 300 & echo "$$ $a $!" > ${pids}.part; mv ${pids}.part ${pids}; wait`
    writeFileSync(
      join(work, '.github', 'workflows', 'main.yml'),
      `{ on: workflow_dispatch, jobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: '${script}', shell: bash }] } } }`,
    )
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', work, '-c', 'user.name=ann', '-c', 'user.email=ann@example.com', ...args])
        .toString()
        .trim()
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('commit', '-qm', 'first')
    const host = join(folder, 'host.mjs')
    writeFileSync(
      host,
      `import { startGitHub } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'index.ts'))}
const github = await startGitHub({
  folder: ${JSON.stringify(join(folder, 'github'))},
  source: { repository: ${JSON.stringify(work)}, commit: ${JSON.stringify(git('rev-parse', 'HEAD'))} },
  owner: 'acme', ownerId: 1, repository: 'sluice', repositoryId: 2, users: [], environments: {},
  jobEnvironment: () => ({ PATH: process.env.PATH }), onEvent: () => {},
})
await github.dispatch('ann', 'main.yml', 'main', {})
setInterval(() => {}, 1000)`,
    )
    const child = spawn(process.execPath, [host], { stdio: ['ignore', 'ignore', 'inherit'], detached: true })
    try {
      await expect.poll(() => existsSync(pids), { timeout: 120_000 }).toBe(true)
      const steps = readFileSync(pids, 'utf8').trim().split(' ').map(Number)
      expect(steps.map(isAlive)).toEqual([true, true, true])
      kill(child.pid ?? 0)
      await expect.poll(() => steps.map(isAlive), { timeout: 120_000 }).toEqual([false, false, false])
    } finally {
      child.kill('SIGKILL')
    }
  })
})
