import { beforeEach, describe, expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'
import { isAlive } from '../is-alive.ts'

const repository = localRepository()
const { logs, conclusions, events } = repository

/** A clock that stands still until somebody moves it on. */
let limits: { readonly at: number; readonly controller: AbortController }[]
let now: number
beforeEach(() => {
  limits = []
  now = 0
})
const timeout = (milliseconds: number): AbortSignal => {
  const controller = new AbortController()
  limits.push({ at: now + milliseconds, controller })
  return controller.signal
}
const minutesPass = (minutes: number) => {
  now += minutes * 60_000
  for (const { at, controller } of limits) if (at <= now) controller.abort(new DOMException('too long', 'TimeoutError'))
}
/** Two processes that only SIGKILL ends, and their ids. */
const stubborn = `trap "" INT TERM; sleep 300 & echo "pids $$ $!"; while :; do wait; done`
const pids = () =>
  logs()
    .find((line) => line.startsWith('pids '))
    ?.split(' ')
    .slice(1)
    .map(Number) ?? []

/** Starts a workflow of one job and waits until its step has said its process ids. */
const started = async (job: string) => {
  const hub = await repository.start(
    {
      '.github/workflows/main.yml': `{ on: workflow_dispatch, jobs: { a: ${job}, after: { needs: a, if: failure(), runs-on: ubuntu-24.04, steps: [{ run: echo told, shell: bash }] } } }`,
    },
    { timeout },
  )
  await hub.dispatch('ann', 'main.yml', 'main', {})
  await expect.poll(pids).toHaveLength(2)
  return hub
}

describe('timeout-minutes', () => {
  it('of a step fails it, with all processes that it has started, and the job goes on to what asks for failures', async () => {
    const hub = await started(
      `{ runs-on: ubuntu-24.04, steps: [{ name: Slow, run: '${stubborn}', shell: bash, timeout-minutes: 2.5 }, { run: echo never, shell: bash }, { if: failure(), run: echo cleaned, shell: bash }] }`,
    )
    minutesPass(2)
    expect(pids().map(isAlive)).toEqual([true, true])
    minutesPass(1)
    // SIGINT and SIGTERM are ignored; ten seconds later the group is killed.
    minutesPass(1)
    await hub.settled()
    await expect.poll(() => pids().map(isAlive)).toEqual([false, false])
    expect(conclusions()).toEqual({ a: 'failure', after: 'success' })
    expect(logs()).toContain('cleaned')
    expect(logs()).not.toContain('never')
    expect(events()).toContainEqual(
      expect.objectContaining({ type: 'annotation', message: "The action 'Slow' has timed out after 2.5 minutes." }),
    )
  })

  it('of a step fails also the one that ends well when it is asked to stop', async () => {
    const hub = await started(
      `{ runs-on: ubuntu-24.04, steps: [{ name: Slow, run: 'trap "exit 0" INT; sleep 300 & echo "pids $$ $!"; wait', shell: bash, timeout-minutes: 1 }] }`,
    )
    minutesPass(1)
    await hub.settled()
    expect(conclusions()).toMatchObject({ a: 'failure' })
  })

  it('of a job cancels it, as on GitHub: failure() after it does not hold', async () => {
    const hub = await started(
      `{ runs-on: ubuntu-24.04, timeout-minutes: 5, steps: [{ run: '${stubborn}', shell: bash }, { if: cancelled(), run: echo cleaned, shell: bash }] }`,
    )
    minutesPass(5)
    minutesPass(1)
    await hub.settled()
    await expect.poll(() => pids().map(isAlive)).toEqual([false, false])
    expect(conclusions()).toEqual({ a: 'cancelled' })
    expect(repository.checks()).toMatchObject({ after: 'skipped' })
    expect(logs()).toContain('cleaned')
    expect(events()).toContainEqual(
      expect.objectContaining({
        type: 'annotation',
        message: 'The job has exceeded the maximum execution time of 5 minutes',
      }),
    )
  })

  it('of a step that uses a composite action ends the step within', async () => {
    const hub = await repository.start(
      {
        '.github/workflows/main.yml': `{ on: workflow_dispatch, jobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: $/actions/slow, timeout-minutes: 1 }] } } }`,
        'actions/slow/action.yml': `
name: slow
description: Takes long.
runs:
  using: composite
  steps: [{ run: 'sleep 300 & echo "pids $$ $!"; wait', shell: bash }, { run: echo never, shell: bash }]
`,
      },
      { timeout },
    )
    await hub.dispatch('ann', 'main.yml', 'main', {})
    await expect.poll(pids).toHaveLength(2)
    minutesPass(1)
    await hub.settled()
    expect(conclusions()).toEqual({ a: 'failure' })
    expect(logs()).not.toContain('never')
  })
})
