import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slotOf } from '../../src/packages/names.ts'
import { openShards } from '../../src/shards/index.ts'
import type { Shards } from '../../src/shards/index.ts'
import { Router } from '../../src/shards/router.ts'
import { PostgresSlotTable } from '../../src/shards/slot-table.ts'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let one: RunningRegistry
let other: RunningRegistry
let shards: Shards
let token: string

beforeAll(async () => {
  databases = await startDatabases()
  one = await databases.start()
  other = await databases.start()
  token = await signIn(one.url, 'alice')
  shards = await openShards({ DATABASE_URLS: databases.urls.join(',') })
})
afterAll(async () => {
  await shards.close()
  await databases.close()
})

describe('moving slots', () => {
  it('grows to a ninth shard under publishes and installs without a failed request or a lost version', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `@alice/moved-${index}`)
    for (const name of names) await publish(one.url, token, name, '1.0.0', { files: { 'a.js': name } })

    const load = { on: true, publishes: 0, reads: 0 }
    const failed: string[] = []
    const acknowledged = new Map(names.map((name) => [name, ['1.0.0']]))
    const publisher = async (server: RunningRegistry, offset: number) => {
      for (let patch = 1; load.on; patch += 1) {
        const name = names[(patch * 2 + offset) % names.length] ?? ''
        const version = `1.${offset}.${patch}`
        const { status, body } = await publish(server.url, token, name, version)
        load.publishes += 1
        if (status === 201) acknowledged.get(name)?.push(version)
        else failed.push(`publish ${name}@${version}: ${status} ${JSON.stringify(body)}`)
      }
    }
    const installer = async (server: RunningRegistry) => {
      for (let turn = 0; load.on; turn += 1) {
        const name = names[turn % names.length] ?? ''
        const { status } = await call(`${server.url}/${name}?write=true`)
        load.reads += 1
        if (status !== 200) failed.push(`read ${name}: ${status}`)
      }
    }
    const finished = Promise.all([publisher(one, 0), publisher(other, 1), installer(one), installer(other)])
    const slots = [...new Set(names.map(slotOf))]
    const plan = await shards.plan({ shards: 9 })
    const planned = plan.moves.filter(({ slot }) => slots.includes(slot))
    // Every slot in use moves, whatever the plan thinks of its weight.
    const moves = slots.map((slot) => planned.find((move) => move.slot === slot) ?? { slot, from: 0, to: 8, bytes: 0 })
    const reports = await shards.move({ ...plan, moves })
    load.on = false
    await finished

    const frozen = Math.max(...reports.map(({ frozenMs }) => frozenMs))
    process.stdout.write(
      `${reports.length} slots moved under ${load.publishes} publishes and ${load.reads} reads: ${failed.length} failed, writes waited ${frozen.toFixed(0)} ms at most\n`,
    )
    expect(failed).toEqual([])
    expect(reports).toHaveLength(slots.length)
    for (const [name, versions] of acknowledged) {
      for (const { url } of [one, other]) {
        const { body } = await call<{ versions: object }>(`${url}/${name}`)
        expect(Object.keys(body.versions).toSorted()).toEqual(versions.toSorted())
      }
    }
    const tarball = `${other.url}/${names[0]}/-/moved-0-1.0.0.tgz`
    expect((await call(tarball)).status).toBe(200)
    expect(await shards.verify()).toEqual([])
  })

  it('refuses a router whose table is old, in the transaction itself, and in the end says so', async () => {
    const name = '@alice/moved-0'
    const [slot, route] = [slotOf(name), one.registry.router.route(name)]
    const { router: ready, home } = one.registry
    const router = await Router.open(ready.pools, new PostgresSlotTable(home), one.registry.log, 200)
    const tags = async () =>
      (await route.pool.query(`select tag from ${route.schema}.tags where name = $1`, [name])).rows
    const before = await tags()
    await route.pool.query(`update ${route.schema}.slots set epoch = epoch + 1 where slot = $1`, [slot])
    // Nothing agrees with the table any more: whatever the write did before it was told so counts for nothing.
    const write = router.write(name, async (client, { schema }) =>
      client.query(`insert into ${schema}.tags (name, tag, version) values ($1, 'stale', '1.0.0')`, [name]),
    )
    await expect(write).rejects.toMatchObject({ code: 'UNAVAILABLE', headers: { 'retry-after': '1' } })
    const refused = router.write(name, async () => Promise.reject(new Error('of a shard that is not its own')))
    await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await tags()).toEqual(before)
    expect((await shards.verify()).map((finding) => finding.slot)).toEqual([slot])
    await route.pool.query(`update ${route.schema}.slots set epoch = epoch - 1 where slot = $1`, [slot])
    expect((await publish(one.url, token, name, '5.0.0')).status).toBe(201)
  })
})
