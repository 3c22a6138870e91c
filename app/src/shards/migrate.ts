import pg from 'pg'
import { connectionOf } from './connection.ts'
import { homeMigrations, shardMigrations } from './schema.ts'
import type { Migration } from './schema.ts'

export const slotCount = 4096

const seeded = 'slots-seeded'

/** "slui" in ASCII: the advisory lock that one migration at a time holds on a cluster. */
const migrationLock = 0x73_6c_75_69

export interface MigrationReport {
  /** `schema/step` of every step that this run applied. */
  readonly applied: readonly string[]
}

/** Where a new logical shard goes: round robin over the clusters. */
export const initialCluster = (shard: number, clusters: number): number => shard % clusters

/** Slots are dealt out in runs, so that a person can read the table. */
export const initialShard = (slot: number, shards: number): number => Math.floor((slot * shards) / slotCount)

/**
 * Brings every cluster's schemas up to date (expand only: what an older release uses stays). Safe to repeat and to run
 * concurrently: each cluster's run holds an advisory lock, each step is a transaction of its own.
 *
 * @throws Error that names the schema and the step that failed; earlier steps stay applied.
 */
export async function migrate(databaseUrls: readonly string[], logicalShards: number): Promise<MigrationReport> {
  const applied: string[] = []
  const [home, ...others] = databaseUrls
  if (!home) throw new Error('expected DATABASE_URLS with at least one PostgreSQL URL, found none')

  const placements = await withLock(home, async (client) => {
    applied.push(...(await applySteps(client, 'registry', homeMigrations)))
    return placeShards(client, databaseUrls.length, logicalShards)
  })
  for (const [cluster, url] of [home, ...others].entries()) {
    await withLock(url, async (client) => {
      for (const { shard } of placements.filter((placement) => placement.cluster === cluster)) {
        applied.push(...(await applySteps(client, `shard_${shard}`, shardMigrations)))
      }
    })
  }
  for (const [cluster, url] of databaseUrls.entries()) {
    const local = placements.filter((placement) => placement.cluster === cluster)
    const slots = await withLock(home, async (client) => {
      const { rows } = await client.query<{ shard: number; slots: number[]; epochs: string[] }>(
        'select shard, array_agg(slot order by slot) as slots, array_agg(epoch order by slot)::text[] as epochs from registry.slots group by shard',
      )
      return rows
    })
    await withLock(url, async (client) => {
      for (const { shard } of local) {
        const owned = slots.find((row) => row.shard === shard)
        if (!owned) continue
        await seedSlots(client, `shard_${shard}`, owned)
      }
    })
  }
  return { applied }
}

/**
 * Tells a new shard once which slots it owns; from then on only moves change that. The mark stands beside the steps, so that a
 * slot which was moved away is not given back by a later run.
 */
async function seedSlots(
  client: pg.Client,
  schema: string,
  owned: { slots: number[]; epochs: string[] },
): Promise<void> {
  await client.query(
    `with marked as (insert into ${schema}.migrations (id) values ('${seeded}') on conflict do nothing returning id)
     insert into ${schema}.slots (slot, epoch)
     select * from unnest($1::int[], $2::bigint[]) where exists (select 1 from marked)
     on conflict (slot) do nothing`,
    [owned.slots, owned.epochs],
  )
}

async function withLock<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connectionOf(url), application_name: 'registry-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    return await work(client)
  } finally {
    // Ending the session releases the lock.
    await client.end()
  }
}

async function applySteps(client: pg.Client, schema: string, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`create schema if not exists ${schema}`)
  await client.query(
    `create table if not exists ${schema}.migrations (id text primary key, applied timestamptz not null default now())`,
  )
  const { rows } = await client.query<{ id: string }>(`select id from ${schema}.migrations`)
  const known = new Set(rows.map(({ id }) => id))
  const applied: string[] = []
  for (const { id, sql } of migrations) {
    if (known.has(id)) continue
    try {
      await client.query('begin')
      await client.query(`set local search_path to ${schema}`)
      await client.query(sql)
      await client.query(`insert into ${schema}.migrations (id) values ($1)`, [id])
      await client.query('commit')
    } catch (cause) {
      await client.query('rollback')
      throw new Error(`migration ${schema}/${id} failed and was rolled back: ${String(cause)}`, { cause })
    }
    applied.push(`${schema}/${id}`)
  }
  return applied
}

async function placeShards(client: pg.Client, clusters: number, logicalShards: number) {
  const { rows } = await client.query<{ shard: number; cluster: number }>(
    'select shard, cluster from registry.placements order by shard',
  )
  if (rows.length > 0) return rows
  const placements = Array.from({ length: logicalShards }, (_, shard) => ({
    shard,
    cluster: initialCluster(shard, clusters),
  }))
  const slots = Array.from({ length: slotCount }, (_, slot) => initialShard(slot, logicalShards))
  await client.query('begin')
  await client.query('insert into registry.placements (shard, cluster) select * from unnest($1::int[], $2::int[])', [
    placements.map(({ shard }) => shard),
    placements.map(({ cluster }) => cluster),
  ])
  await client.query('insert into registry.slots (slot, shard) select * from unnest($1::int[], $2::int[])', [
    slots.map((_, slot) => slot),
    slots,
  ])
  await client.query('commit')
  return placements
}

/** Makes the schema of one more logical shard on a cluster, with no slot yet; safe to repeat. */
export async function addShard(url: string, shard: number): Promise<void> {
  await withLock(url, async (client) => {
    await applySteps(client, `shard_${shard}`, shardMigrations)
    await seedSlots(client, `shard_${shard}`, { slots: [], epochs: [] })
  })
}
