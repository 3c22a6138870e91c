import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import { readPackage } from '../packages/model.ts'
import type { Router } from '../shards/router.ts'
import { documentOf } from './document.ts'
import { ask, onConnection } from '../shards/ask.ts'

const idleMs = 1000
const batch = 50
const settleMs = 1000
/** Changes of this long are carried over together, unless somebody searches: many publishes in turn cost the shards one look. */
const gatherMs = 100

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
  #hurry: () => void = () => undefined
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
    this.#hurry()
    await Promise.race([promise, sleep(settleMs, undefined, { ref: false })])
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    this.#hurry()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (this.#written > this.#carried) await this.#gather()
      const written = this.#written
      const moved = await this.drain().catch((error: unknown) => {
        this.#log.warn({ err: error }, 'the search index is not fed')
        return undefined
      })
      if (moved === 0) this.#settle(written)
      if (!moved && written === this.#written) await Promise.race([woken, sleep(idleMs, undefined, { ref: false })])
    }
  }

  /** Waits for more, as long as nobody waits for what is there. */
  async #gather(): Promise<void> {
    if (this.#settling.length > 0 || this.#stop.signal.aborted) return
    const hurried = new Promise<void>((resolve) => {
      this.#hurry = resolve
    })
    await Promise.race([hurried, sleep(gatherMs, undefined, { ref: false })])
  }

  #settle(written: number): void {
    this.#carried = written
    for (const { written: wanted, resolve } of this.#settling) if (wanted <= written) resolve()
    this.#settling = this.#settling.filter(({ written: wanted }) => wanted > written)
  }

  /** @returns how many changes were carried over */
  async drain(): Promise<number> {
    let moved = 0
    const shards = this.#router.shards()
    for (const pool of new Set(shards.map((each) => each.pool))) {
      const here = shards.filter((each) => each.pool === pool)
      const looks = here.map(({ shard, schema }) => `(select ${shard} as shard from ${schema}.outbox limit 1)`)
      const { rows: waiting } = await ask<{ shard: number }>(pool, looks.join(' union all '))
      for (const { shard, schema } of here) {
        if (waiting.some((each) => each.shard === shard)) moved += await this.#drainShard(shard, schema, pool)
      }
    }
    if (moved > 0) await this.#onMoved()
    return moved
  }

  async #drainShard(shard: number, schema: string, pool: pg.Pool): Promise<number> {
    return onConnection(pool, async (client) => {
      // The documents wait for the disk; that the rows are gone need not: what comes back after a crash is carried over again.
      await client.query('begin; set local synchronous_commit = off')
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
    })
  }
}
