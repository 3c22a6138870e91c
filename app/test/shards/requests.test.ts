import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { slotOf } from '../../src/packages/names.ts'
import { openShards } from '../../src/shards/index.ts'
import { SlotRequests } from '../../src/shards/requests.ts'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'

let databases: Databases

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(async () => databases.close())

it('weighs a slot by what its shard was asked, not by what was answered from memory', async () => {
  const registry = await databases.start()
  const token = await signIn(registry.url, 'gus')
  await publish(registry.url, token, '@gus/asked', '1.0.0')
  const { router, home } = registry.registry
  const requests = new SlotRequests(router, home, pino({ level: 'silent' }))
  const shards = await openShards({ DATABASE_URLS: databases.urls.join(',') })
  const asked = async () => {
    await requests.store()
    const { before } = await shards.plan()
    return before.find(({ shard }) => shard === router.routeOfSlot(slotOf('@gus/asked')).shard)?.requests ?? 0
  }
  const start = await asked()
  expect(start).toBeGreaterThan(0)
  for (let turn = 0; turn < 50; turn += 1) await call(`${registry.url}/@gus/asked?write=true`)
  const fresh = await asked()
  expect(fresh - start).toBeGreaterThanOrEqual(50)
  // Tried again: a machine that stops for seconds lets leases run out, and then memory answers nothing.
  await expect
    .poll(async () => {
      const before = await asked()
      for (let turn = 0; turn < 50; turn += 1) await call(`${registry.url}/@gus/asked`)
      return (await asked()) - before
    })
    .toBeLessThan(10)
  await shards.close()
  await registry.close()
})
