import pg from 'pg'
import type { Logger } from 'pino'
import { connectionOf } from './connection.ts'

/** 8-byte integers of ours (sizes, revisions) stay far below 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** One pool a cluster. A statement that takes longer than ten seconds is a fault, not work. */
export function openPools(urls: readonly string[], log: Logger): pg.Pool[] {
  return urls.map((url, cluster) => {
    const pool = new pg.Pool({
      ...connectionOf(url),
      application_name: 'registry',
      max: 12,
      idleTimeoutMillis: 30_000,
      // As long as a statement: it also counts the wait for a connection that others have, and on a busy machine the process's own
      // stalls, after which timers fire before the database's answer is read. Who is slow is not gone.
      connectionTimeoutMillis: 10_000,
      statement_timeout: 10_000,
      // The database ends a statement by itself; who says nothing after that is gone, and TCP would wait for minutes.
      query_timeout: 15_000,
      keepAlive: true,
      // Statements that do not need each other's answers are sent together: a transaction of nine takes four turns.
      pipeline: true,
    })
    // Nor may one that breaks while it is lent: whoever has it learns so from the next query.
    pool.on('connect', (client) =>
      client.on('error', (error) => log.debug({ cluster, err: error }, 'a database connection broke in use')),
    )
    // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
    pool.on('error', (error) => log.warn({ cluster, err: error }, 'an idle database connection broke'))
    return pool
  })
}
