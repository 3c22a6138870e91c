import type { Registry } from '../registry.ts'
import { ask } from '../shards/ask.ts'

export interface ShardFigures {
  readonly shard: number
  readonly cluster: number
  readonly slots: number
  /** Absent when the shard does not answer. */
  readonly held?: { readonly packages: number; readonly versions: number; readonly bytes: number }
}

export interface Overview {
  readonly shards: readonly ShardFigures[]
  /** Greatest share of bytes over the mean, of the shards that answered: 1 is perfect. Absent while they hold nothing. */
  readonly imbalance: number | undefined
  readonly cache: { readonly hits: number; readonly misses: number; readonly bytes: number; readonly entries: number }
  readonly coherent: boolean
  readonly searchable: number
}

/** What an administrator wants to know of the whole registry, and of this process. A shard that is down is said to be down. */
export async function readOverview({ router, cache, coherence, search }: Registry): Promise<Overview> {
  const slots = new Map<number, number>()
  for (const shard of router.table.shards) slots.set(shard, (slots.get(shard) ?? 0) + 1)
  const shards = await Promise.all(
    router.shards().map(async ({ shard, schema, pool }): Promise<ShardFigures> => {
      const cluster = router.table.placements.get(shard) ?? 0
      const figures = { shard, cluster, slots: slots.get(shard) ?? 0 }
      try {
        const { rows } = await ask<{ packages: number; versions: number; bytes: number }>(
          pool,
          `select count(distinct p.name)::int as packages, count(v.version)::int as versions,
                  coalesce(sum(v.size + octet_length(v.manifest::text)), 0)::bigint as bytes
           from ${schema}.packages p left join ${schema}.versions v on v.name = p.name and v.unpublished is null
           where p.unpublished is null`,
        )
        return { ...figures, ...(rows[0] && { held: rows[0] }) }
      } catch {
        return figures
      }
    }),
  )
  const held = shards.flatMap(({ held: row }) => (row ? [row.bytes] : []))
  const total = held.reduce((sum, bytes) => sum + bytes, 0)
  return {
    shards: shards.toSorted((a, b) => a.shard - b.shard),
    imbalance: total === 0 ? undefined : Math.max(...held) / (total / held.length),
    cache: { hits: cache.hits, misses: cache.misses, bytes: cache.bytes, entries: cache.size },
    coherent: coherence.valid(),
    searchable: search.size,
  }
}

export interface AuditRow {
  readonly at: Date
  readonly actor: string | null
  readonly action: string
  readonly subject: string
  readonly address: string | null
  readonly request: string | null
  readonly detail: object
}

export interface AuditWanted {
  /** A part of the actor's, the action's or the subject's name. */
  readonly text: string
  readonly before: Date
  readonly limit: number
}

/** The audit log, newest first, of users and tokens and of every shard's packages. */
export async function readAudit(
  { router, home }: Registry,
  { text, before, limit }: AuditWanted,
): Promise<{ rows: readonly AuditRow[]; unreachable: number }> {
  const places = [{ schema: 'registry', pool: home }, ...router.shards()]
  const answers = await Promise.allSettled(
    places.map(async ({ schema, pool }) => {
      const { rows } = await ask<AuditRow>(
        pool,
        `select at, actor, action, subject, address, request_id as request, detail from ${schema}.audit
         where at < $1 and ($2 = '' or position($2 in lower(concat_ws(' ', actor, action, subject))) > 0)
         order by at desc limit $3`,
        [before, text.toLowerCase(), limit],
      )
      return rows
    }),
  )
  const rows = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  return {
    rows: rows.toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, limit),
    unreachable: answers.filter(({ status }) => status === 'rejected').length,
  }
}
