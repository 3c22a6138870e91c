import { describe, expect, it } from 'vitest'
import { ConcurrencyGroups } from '../../src/engine/concurrency.ts'
import { localRepository } from '../local-repository.ts'

describe('a group', () => {
  const settings = { queue: 'max', cancelInProgress: false, cancel: () => undefined } as const
  /** Enters a group so many times. Tells of each whether it runs, waits or was turned away. */
  const enter = async (count: number, own: Partial<Parameters<ConcurrencyGroups['enter']>[1]>) => {
    const groups = new ConcurrencyGroups()
    const turns: (string | (() => void))[] = Array.from({ length: count }, () => 'waits')
    for (let index = 0; index < count; index++)
      void groups.enter('deploy', { ...settings, ...own }).then((leave) => (turns[index] = leave ?? 'turned away'))
    await new Promise(setImmediate)
    return { groups, turns, shown: () => turns.map((turn) => (typeof turn === 'string' ? turn : 'runs')) }
  }

  it.each([
    ['of a single place keeps only the newest waiting', 'single', 4, ['runs', 'turned away', 'turned away', 'waits']],
    ['with queue: max keeps all', 'max', 4, ['runs', 'waits', 'waits', 'waits']],
  ] as const)('%s', async (_, queue, count, expected) => {
    const { shown } = await enter(count, { queue })
    expect(shown()).toEqual(expected)
  })

  it('with queue: max keeps a hundred, and starts them in order', async () => {
    const { turns, shown } = await enter(103, {})
    expect(shown().slice(-3)).toEqual(['waits', 'turned away', 'turned away'])
    for (const index of [0, 1]) {
      const leave = turns[index]
      if (typeof leave === 'function') leave()
      await new Promise(setImmediate)
    }
    expect(shown().slice(0, 4)).toEqual(['runs', 'runs', 'runs', 'waits'])
  })

  it('asks the one that runs to stop for a newer one, which waits until it has', async () => {
    let asked = 0
    const { turns, shown } = await enter(2, { queue: 'single', cancelInProgress: true, cancel: () => (asked += 1) })
    expect([asked, shown()]).toEqual([1, ['runs', 'waits']])
    const [leave] = turns
    if (typeof leave === 'function') leave()
    await new Promise(setImmediate)
    expect(shown()).toEqual(['runs', 'runs'])
  })

  it('does not tell upper from lower case', async () => {
    const groups = new ConcurrencyGroups()
    await groups.enter('Deploy', settings)
    const second = groups.enter('deploy', settings)
    expect(await Promise.race([second, Promise.resolve('waits')])).toBe('waits')
  })

  it('turns away one that is cancelled already', async () => {
    const groups = new ConcurrencyGroups()
    await groups.enter('deploy', settings)
    expect(await groups.enter('deploy', { ...settings, signal: AbortSignal.abort() })).toBeUndefined()
  })

  it('lets one that is cancelled leave the queue, and the next one in', async () => {
    const groups = new ConcurrencyGroups()
    const cancelled = new AbortController()
    const leave = await groups.enter('deploy', settings)
    const second = groups.enter('deploy', { ...settings, signal: cancelled.signal })
    const third = groups.enter('deploy', settings)
    cancelled.abort()
    expect(await second).toBeUndefined()
    leave?.()
    expect(await third).toBeTypeOf('function')
  })
})

describe('a newer one in a group that cancels', () => {
  const repository = localRepository()

  it("ends the job alone where the group is a job's", async () => {
    const hub = await repository.start({
      '.github/workflows/main.yml': `
on: { workflow_dispatch: { inputs: { seconds: { type: number, required: true } } } }
jobs:
  grouped:
    runs-on: ubuntu-24.04
    concurrency: { group: g, cancel-in-progress: true }
    steps: [{ run: 'echo began; sleep \${{ inputs.seconds }}', shell: bash }]
  beside:
    runs-on: ubuntu-24.04
    steps: [{ run: echo, shell: bash }]
`,
    })
    const first = await hub.dispatch('ann', 'main.yml', 'main', { seconds: 60 })
    await expect.poll(repository.logs).toContain('began')
    await hub.dispatch('ann', 'main.yml', 'main', { seconds: 0 })
    await hub.settled()
    const jobs = repository
      .events()
      .flatMap((event) =>
        event.type === 'job-finished'
          ? [[event.run.id === first.id ? 'first' : 'second', event.job, event.conclusion]]
          : [],
      )
    expect(jobs).toEqual(
      expect.arrayContaining([
        ['first', 'grouped', 'cancelled'],
        ['first', 'beside', 'success'],
        ['second', 'grouped', 'success'],
      ]),
    )
  })
})
