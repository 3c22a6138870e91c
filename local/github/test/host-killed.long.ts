import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-github-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('leaves no process of a step when its host is killed', async () => {
  const work = join(folder, 'work')
  const pids = join(folder, 'pids')
  mkdirSync(join(work, '.github', 'workflows'), { recursive: true })
  const script = `sleep 300 & echo "$$ $!" > ${pids}.part; mv ${pids}.part ${pids}; wait`
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
  const child = spawn(process.execPath, [host], { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    await expect.poll(() => existsSync(pids), { timeout: 30_000 }).toBe(true)
    const steps = readFileSync(pids, 'utf8').trim().split(' ').map(Number)
    expect(steps.map(isAlive)).toEqual([true, true])
    child.kill('SIGKILL')
    await expect.poll(() => steps.map(isAlive), { timeout: 10_000 }).toEqual([false, false])
  } finally {
    child.kill('SIGKILL')
  }
}, 60_000)
