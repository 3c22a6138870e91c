import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import { inTransaction } from '../shards/ask.ts'

export interface AuditEntry {
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly request: Pick<FastifyRequest, 'id' | 'ip'>
  readonly detail?: object
}

/** What a change is logged as, by what it came to; nothing when it changed nothing. */
export type Log<T> = (result: T) => AuditEntry | undefined

/** Appends to the log of what happened to users and tokens. What happens to packages is logged in their own shard. */
export async function audit(
  home: pg.Pool | pg.PoolClient,
  { actor, action, subject, request, detail = {} }: AuditEntry,
): Promise<void> {
  await home.query(
    'insert into registry.audit (actor, action, subject, request_id, address, detail) values ($1, $2, $3, $4, $5, $6)',
    [actor, action, subject, request.id, request.ip, JSON.stringify(detail)],
  )
}

/** Makes a change together with its line in the log, or not at all; without a `log` the change alone. */
export async function audited<T>(
  home: pg.Pool,
  log: Log<T> | undefined,
  change: (db: pg.Pool | pg.PoolClient) => Promise<T>,
): Promise<T> {
  if (!log) return change(home)
  return inTransaction(home, async (client) => {
    const result = await change(client)
    const entry = log(result)
    if (entry) await audit(client, entry)
    return result
  })
}
