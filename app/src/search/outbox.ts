import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import { readPackage } from '../packages/model.ts'
import type { Router } from '../shards/router.ts'
import { documentOf } from './document.ts'

const idleMs = 1000
const batch = 50
const settleMs = 1000

/**
 * Carries what the shards' outboxes tell into the one read model in the first cluster. Any number of processes may do so at
 * once: a row is taken under a lock, and a document never goes back to an older revision.
 */
export class OutboxPump {
  readonly #router: Router
  readonly #home: pg.Pool
  readonly #log: Logger
  readonly #onMoved: () => Promise<void>
  #stop = new AbortController()
  #loop: Promise<void> | undefined
  #wake: () => void = () => undefined
  /** How many changes this process has made, and how many of them are carried over. */
  #written = 0
  #carried = 0
  #settling: { written: number; resolve: () => void }[] = []

  constructor(router: Router, home: pg.Pool, log: Logger, onMoved: () => Promise<void>) {
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
    this.#written += 1
    this.#wake()
  }

  /** Resolves when what this process has written is in the read model; after `settleMs` in any case. */
  async settled(): Promise<void> {
    if (this.#carried >= this.#written) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#settling.push({ written: this.#written, resolve })
    await Promise.race([promise, sleep(settleMs, undefined, { ref: false })])
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
      const written = this.#written
      const moved = await this.drain().catch((error: unknown) => {
        this.#log.warn({ err: error }, 'the search index is not fed')
        return undefined
      })
      if (moved === 0) this.#settle(written)
      if (!moved && written === this.#written) await Promise.race([woken, sleep(idleMs, undefined, { ref: false })])
    }
  }

  #settle(written: number): void {
    this.#carried = written
    for (const { written: wanted, resolve } of this.#settling) if (wanted <= written) resolve()
    this.#settling = this.#settling.filter(({ written: wanted }) => wanted > written)
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
    if (moved > 0) await this.#onMoved()
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
