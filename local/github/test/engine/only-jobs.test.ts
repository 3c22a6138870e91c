import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'

const repository = localRepository()

const job = (rest: string) => `{ runs-on: ubuntu-24.04, ${rest}steps: [{ run: echo, shell: bash }] }`

it('runs the jobs that were asked for with those that they need, and says of each other that it was left out', async () => {
  const hub = await repository.runs(
    `
on: workflow_dispatch
jobs:
  list: ${job('')}
  build: ${job('needs: list, ')}
  lint: ${job('')}
  required: ${job('needs: [build, lint], if: always(), ')}
`,
    { onlyJobs: ['build'] },
  )
  expect(repository.checks()).toEqual({ list: 'success', build: 'success', lint: 'skipped', required: 'skipped' })
  expect(repository.events().filter(({ type }) => type === 'job-left-out')).toEqual(
    ['lint', 'required'].map(
      (name) => expect.objectContaining({ job: name, reason: 'only build was asked for' }) as object,
    ),
  )
  expect(hub.runs()[0]?.conclusion).toBe('success')
})

it('refuses a job that no started workflow has, before anything is started', async () => {
  const files = { '.github/workflows/main.yml': `{ on: pull_request, jobs: { build: ${job('')} } }` }
  const hub = await repository.start(files, { onlyJobs: ['build', 'deploy'] })
  repository.commit({ a: 'a' }, 'change')
  await hub.seed('change', repository.commit({ b: 'b' }, 'change'))
  await expect(hub.pulls.open('ann', { title: 'a change', head: 'change', base: 'main' })).rejects.toThrow(
    'jobs to run: expected some of build (.github/workflows/main.yml), found deploy',
  )
  expect(hub.runs()).toEqual([])
  expect(repository.events().filter(({ type }) => type !== 'pull-request-opened')).toEqual([])
})

it('keeps the workspaces of jobs that failed alone, where it is told so', async () => {
  const hub = await repository.runs(
    `
on: workflow_dispatch
jobs:
  well: { runs-on: ubuntu-24.04, steps: [{ run: echo > a, shell: bash }] }
  ill: { runs-on: ubuntu-24.04, steps: [{ run: echo > a; exit 1, shell: bash }] }
`,
    { workspaces: 'of-failed' },
  )
  const jobs = join(hub.runs()[0]?.folder ?? '', 'jobs')
  expect(existsSync(join(jobs, 'ill/workspace/a'))).toBe(true)
  expect(existsSync(join(jobs, 'well/workspace'))).toBe(false)
  expect(existsSync(join(jobs, 'well/log.txt'))).toBe(true)
})
