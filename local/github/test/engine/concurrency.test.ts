import { expect, it } from 'vitest'
import { ConcurrencyGroups } from '../../src/engine/concurrency.ts'

const settings = { queue: 'max', cancelInProgress: false, cancel: () => undefined } as const

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
