import type pg from 'pg'
import { inTransaction, onConnection } from './ask.ts'

/** One shard as a place to copy from or to. */
export interface ShardPlace {
  readonly shard: number
  readonly schema: string
  readonly pool: pg.Pool
}

const tables = ['packages', 'versions', 'tags'] as const

/** Revision by package: what of a slot is where, in which state. */
export async function slotContents({ schema, pool }: ShardPlace, slot: number): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; revision: number }>(
    `select name, revision from ${schema}.packages where slot = $1`,
    [slot],
  )
  return new Map(rows.map(({ name, revision }) => [name, revision]))
}

/** Copies packages whole, over whatever the target has of them. The rows travel as JSON, which keeps every column. */
export async function copyPackages(from: ShardPlace, to: ShardPlace, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await copyArtifacts(from, to, name)
    const rows = await onConnection(from.pool, async (source) => {
      await source.query('begin isolation level repeatable read read only')
      const { rows: found } = await source.query<Record<string, string | null>>(
        `select ${tables.map((table) => `(select json_agg(t)::text from ${from.schema}.${table} t where t.name = $1) as ${table}`).join(', ')}`,
        [name],
      )
      await source.query('commit')
      return found[0] ?? {}
    })
    await inTransaction(to.pool, async (target) => {
      await target.query(`delete from ${to.schema}.packages where name = $1`, [name])
      for (const table of tables) {
        await target.query(
          `insert into ${to.schema}.${table} select * from json_populate_recordset(null::${to.schema}.${table}, $1::json)`,
          [rows[table] ?? '[]'],
        )
      }
    })
  }
}

async function copyArtifacts(from: ShardPlace, to: ShardPlace, name: string): Promise<void> {
  const { rows } = await from.pool.query<{ artifact: string }>(
    `select distinct v.artifact from ${from.schema}.versions v join ${from.schema}.artifacts a on a.digest = v.artifact
     where v.name = $1 and v.unpublished is null`,
    [name],
  )
  const { rows: there } = await to.pool.query<{ digest: string }>(
    `update ${to.schema}.artifacts set stored = now() where digest = any ($1) returning digest`,
    [rows.map(({ artifact }) => artifact)],
  )
  const present = new Set(there.map(({ digest }) => digest))
  // One at a time: a tarball may be large, and there may be many.
  for (const { artifact } of rows) {
    if (present.has(artifact)) continue
    const { rows: found } = await from.pool.query<{ bytes: Buffer }>(
      `select bytes from ${from.schema}.artifacts where digest = $1`,
      [artifact],
    )
    const [row] = found
    if (row) {
      await to.pool.query(`insert into ${to.schema}.artifacts (digest, bytes) values ($1, $2) on conflict do nothing`, [
        artifact,
        row.bytes,
      ])
    }
  }
}

/** A checksum of every row of the slot, the same on both sides when the copy is whole. */
export async function slotChecksum({ schema, pool }: ShardPlace, slot: number): Promise<string> {
  const ofTable = (table: string, key: string) =>
    `(select coalesce(md5(string_agg(md5(t::text), '' order by ${key})), '') from ${schema}.${table} t
      where t.name in (select name from ${schema}.packages where slot = $1))`
  const { rows } = await pool.query<{ checksum: string }>(
    `select ${ofTable('packages', 't.name')} || ${ofTable('versions', 't.name, t.version')} || ${ofTable('tags', 't.name, t.tag')} as checksum`,
    [slot],
  )
  return rows[0]?.checksum ?? ''
}

/** Deletes what a shard holds of a slot that is not its own (any more). Artifacts are left to the sweep. */
export async function dropSlot({ schema, pool }: ShardPlace, slot: number): Promise<void> {
  await pool.query(`delete from ${schema}.packages where slot = $1`, [slot])
}
