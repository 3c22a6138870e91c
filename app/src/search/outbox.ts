import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import { readPackage } from '../packages/model.ts'
import type { Router } from '../shards/router.ts'
import { documentOf } from './document.ts'

const idleMs = 1000
const batch = 50

/**
 * Carries what the shards' outboxes tell into the one read model in the first cluster. Any number of processes may do so at
 * once: a row is taken under a lock, and a document never goes back to an older revision.
 */
export class OutboxPump {
  readonly #router: Router
  readonly #home: pg.Pool
  readonly #log: Logger
  readonly #onMoved: () => void
  #stop = new AbortController()
  #loop: Promise<void> | undefined
  #wake: () => void = () => undefined

  constructor(router: Router, home: pg.Pool, log: Logger, onMoved: () => void) {
    this.#onMoved = onMoved
    this.#router = router
    this.#home = home
    this.#log = log
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** Something was written: do not wait for the next look. */
  wake(): void {
    this.#wake()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const moved = await this.drain().catch((error: unknown) => {
        this.#log.warn({ err: error }, 'the search index is not fed')
        return 0
      })
      if (moved === 0) await Promise.race([woken, sleep(idleMs, undefined, { ref: false })])
    }
  }

  /** @returns how many changes were carried over */
  async drain(): Promise<number> {
    let moved = 0
    for (const { shard, schema, pool } of this.#router.shards()) {
      const { rows: waiting } = await pool.query({
        name: `${schema}:outbox`,
        text: `select 1 from ${schema}.outbox limit 1`,
      })
      if (waiting.length > 0) moved += await this.#drainShard(shard, schema, pool)
    }
    if (moved > 0) this.#onMoved()
    return moved
  }

  async #drainShard(shard: number, schema: string, pool: pg.Pool): Promise<number> {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rows } = await client.query<{ id: number; name: string }>(
        `select id, name from ${schema}.outbox order by id limit ${batch} for update skip locked`,
      )
      for (const name of new Set(rows.map((row) => row.name))) {
        const { model, revision } = await readPackage(this.#router, name)
        await this.#home.query({
          name: 'search:store',
          text: `insert into registry.documents (name, shard, revision, document, modified) values ($1, $2, $3, $4, clock_timestamp())
                 on conflict (name) do update set shard = excluded.shard, revision = excluded.revision,
                   document = excluded.document, modified = excluded.modified
                 where documents.revision <= excluded.revision`,
          values: [name, shard, revision, model ? JSON.stringify(documentOf(model)) : null],
        })
      }
      await client.query(`delete from ${schema}.outbox where id = any ($1)`, [rows.map(({ id }) => id)])
      await client.query('commit')
      return rows.length
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      throw error
    } finally {
      client.release()
    }
  }
}
