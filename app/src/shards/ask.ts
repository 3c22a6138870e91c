import type pg from 'pg'

/**
 * Whether a connection that had been made is gone: ended by the database (57P01 and its like: an administrator, a crash, a failover, an
 * idle time limit) or cut on its way. A database that cannot be reached and a statement that takes too long (57014) are something else.
 */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return /^(57P01|57P02|57P05|08006|ECONNRESET|EPIPE)$/.test(code)
  return /^Connection terminated( unexpectedly)?$|is not queryable$/.test(error.message)
}

/** Asked, and heard nothing within the client's own time limit: a host that vanished without a word. What was asked may have been done. */
const isMute = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout'

/** Connections that have answered before: one of them may have died since, and only a query finds out. */
const kept = new WeakSet<pg.PoolClient>()

/**
 * Lends a connection to `work`. When it breaks, work begins anew on another one: a pool may hold nothing but dead connections, so any
 * number of kept ones is passed over, as a load balancer does; one that was made just now is passed over once.
 *
 * @param mayRepeat whether work may begin anew, asked after a connection broke: not when it may have had its effect
 * @throws Error what work threw, or why the pool has no connection: that is an outage, and is not tried again
 */
export async function onConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  mayRepeat: () => boolean = () => true,
): Promise<T> {
  let brokenAtOnce = 0
  for (;;) {
    const client = await pool.connect()
    const isNew = !kept.has(client)
    kept.add(client)
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      if (!isBroken(error)) {
        // Whatever failed may have left a transaction open; outside of one this does nothing.
        const isUseless = isMute(error) ? asError(error) : await client.query('rollback').then(() => undefined, asError)
        client.release(isUseless)
        throw error
      }
      client.release(asError(error))
      if (isNew) brokenAtOnce += 1
      if (brokenAtOnce > 1 || !mayRepeat()) throw error
    }
  }
}

/** Work in one transaction, begun anew while nothing of it can have been committed: it changes nothing but through its client. */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let isCommitting = false
  const transaction = async (client: pg.PoolClient) => {
    await client.query('begin')
    const result = await work(client)
    isCommitting = true
    await client.query('commit')
    return result
  }
  return onConnection(pool, transaction, () => !isCommitting)
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** Asks what may be asked twice: a read, or what says the same thing again. A connection that breaks does not fail it. */
export function ask<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: string | pg.QueryConfig,
  values?: unknown[],
): Promise<pg.QueryResult<Row>> {
  return onConnection(pool, (client) => client.query<Row>(query, values))
}
