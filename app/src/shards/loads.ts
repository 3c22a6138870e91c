import type pg from 'pg'
import type { SlotLoad } from './plan.ts'
import type { Router } from './router.ts'

/** What each slot holds, counted where it is, and how often it was asked for in the last 24 hours. */
export async function slotLoads(router: Router, home: pg.Pool): Promise<SlotLoad[]> {
  const bytes = new Map<number, number>()
  for (const { schema, pool, shard } of router.shards()) {
    const { rows } = await pool.query<{ slot: number; bytes: number }>(
      `select p.slot, sum(v.size + length(v.manifest::text))::bigint as bytes
       from ${schema}.packages p join ${schema}.versions v on v.name = p.name where v.unpublished is null group by p.slot`,
    )
    for (const row of rows) if (router.table.shards[row.slot] === shard) bytes.set(row.slot, row.bytes)
  }
  const { rows: asked } = await home.query<{ slot: number; requests: number }>(
    `select slot, sum(requests)::bigint as requests from registry.slot_requests
     where hour > now() - interval '24 hours' group by slot`,
  )
  const requests = new Map(asked.map((row) => [row.slot, row.requests]))
  return [...router.table.shards].map((shard, slot) => ({
    slot,
    shard,
    bytes: bytes.get(slot) ?? 0,
    requests: requests.get(slot) ?? 0,
  }))
}
