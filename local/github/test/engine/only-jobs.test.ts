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
