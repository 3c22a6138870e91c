import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDynalite } from '../../src/embedded/dynalite.ts'
import type { EmbeddedDynamo } from '../../src/embedded/dynalite.ts'
import { slotOf } from '../../src/packages/names.ts'
import { readConfig } from '../../src/config.ts'
import { DynamoSlotTable } from '../../src/shards/dynamo-slot-table.ts'
import { openShards } from '../../src/shards/index.ts'
import { seedSlotTable } from '../../src/shards/slot-table-source.ts'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

/** The slot table in DynamoDB's protocol, as production has it. */
let databases: Databases
let dynamo: EmbeddedDynamo
let environment: Record<string, string>
let table: DynamoSlotTable
const servers: RunningRegistry[] = []

beforeAll(async () => {
  databases = await startDatabases()
  dynamo = await startDynalite(`${databases.folder}/dynamo`)
  environment = { SLOT_TABLE: 'slots', DYNAMODB_ENDPOINT: dynamo.url, DATABASE_URLS: databases.urls.join(',') }
  const plain = await databases.start()
  await seedSlotTable(readConfig(environment), plain.registry.home, true)
  await plain.close()
  table = new DynamoSlotTable('slots', dynamo.url)
  for (const _ of [1, 2]) servers.push(await databases.start(environment))
})
afterAll(async () => {
  await databases.close()
  await dynamo.close()
})

describe('the slot table in DynamoDB', () => {
  it('holds 4096 slots in 8 shards, as the databases were told', async () => {
    const { shards, epochs, placements } = await table.load()
    expect([shards.length, new Set(shards).size, new Set(epochs)]).toEqual([4096, 8, new Set([1])])
    expect([...placements].toSorted(([a], [b]) => a - b)).toEqual(
      Array.from({ length: 8 }, (_, shard) => [shard, shard % 2]),
    )
  })

  it('is followed by every registry when a slot moves, and by migrations not undone', async () => {
    const [one, two] = servers
    if (!one || !two) throw new Error('expected two registries')
    const name = '@dana/moves'
    const slot = slotOf(name)
    const token = await signIn(one.url, 'dana')
    expect((await publish(one.url, token, name, '1.0.0')).status).toBe(201)
    const shards = await openShards(environment)
    const plan = await shards.plan()
    const from = one.registry.router.route(name).shard
    const to = (from + 1) % 8
    await shards.move({ ...plan, moves: [{ slot, from, to, bytes: 0 }] })
    await seedSlotTable(readConfig(environment), one.registry.home, true)
    for (const { url } of servers) expect((await call(`${url}/${name}?write=true`)).status).toBe(200)
    expect((await publish(two.url, token, name, '1.0.1')).status).toBe(201)
    for (const { registry } of servers) {
      await registry.router.reload()
      expect(registry.router.route(name)).toMatchObject({ shard: to, epoch: 2 })
    }
    expect(await shards.verify()).toEqual([])
    await shards.close()
  })

  it('gives a slot to one of many who want it, and to none whose epoch is old', async () => {
    const slot = slotOf('@nobody/has-this')
    const tries = await Promise.all(Array.from({ length: 10 }, (_, shard) => table.reassign(slot, shard % 8, 1)))
    expect(tries.filter(Boolean)).toHaveLength(1)
    const { epochs, shards } = await table.load()
    expect([epochs[slot], shards[slot]]).toEqual([2, tries.indexOf(true) % 8])
    expect(await table.reassign(slot, 0, 1)).toBe(false)
  })

  it('is filled so that a kill in between leaves no table that looks whole, and slots that had moved keep their epoch', async () => {
    const epochs = new Float64Array(4096).fill(1)
    epochs[42] = 7
    const shards = Uint16Array.from({ length: 4096 }, (_, slot) => slot % 300)
    const placements = new Map([[0, 1]])
    const other = new DynamoSlotTable('others', dynamo.url)
    await other.create()
    await expect(other.load()).rejects.toThrow('found none for slot 0')
    const cutShort = Object.assign(new Map<number, number>(), {
      *[Symbol.iterator]() {
        yield [0, 1]
        throw new Error('killed')
      },
    })
    await expect(other.seed({ shards, epochs, placements: cutShort })).rejects.toThrow('killed')
    await expect(other.load()).rejects.toThrow('found none for slot 0')
    await Promise.all([1, 2, 3].map(() => other.seed({ shards, epochs, placements })))
    expect(await other.reassign(42, 5, 1)).toBe(false)
    expect(await other.reassign(43, 5, 1)).toBe(true)
    await other.seed({ shards, epochs, placements })
    const table = await other.load()
    expect([table.shards[42], table.epochs[42], table.shards[43], table.epochs[43]]).toEqual([42, 7, 5, 2])
    expect([table.shards[299], table.shards[4095], table.placements]).toEqual([299, 4095 % 300, placements])
  })
})
