import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import pg from 'pg'
import { connectionOf } from '../shards/connection.ts'
import { ask } from '../shards/ask.ts'

/** What other processes must forget before the one that changed it may say so. */
export type Change =
  | { readonly kind: 'package'; readonly name: string; readonly revision: number }
  | { readonly kind: 'identity' }

const leaseMs = 2000
const renewEveryMs = 500
const channel = 'registry_changes'
/**
 * A notification makes its transaction wait for the disk (PostgreSQL's async.c gives it an id), for nothing: it is heard or lost in
 * memory, and whoever loses its connection forgets everything.
 */
const withoutFlush = `set_config('synchronous_commit', 'off', true)`

interface Envelope {
  readonly from: string
  readonly id: string
  readonly change: Change
}

/**
 * Keeps the caches of all processes coherent, so that nobody reads an older revision than the one that a publish was
 * acknowledged with. Each process holds a lease in the first cluster and may answer from memory only while it is valid; a
 * change is acknowledged to its client only when every process with a lease has forgotten, or its lease has run out. The
 * lease is renewed through the very connection that listens, so a process that hears nothing loses it by itself. Durations
 * are measured on each process's own monotonic clock, from before the request that renews: clocks need not agree.
 */
export class Coherence {
  readonly id: string = randomUUID()
  readonly #url: string
  readonly #home: pg.Pool
  readonly #log: Logger
  readonly #apply: (change: Change | 'everything') => void
  readonly #waiting = new Map<string, (process: string) => void>()
  #validUntil = 0
  #closing = false
  #listener: pg.Client | undefined
  #loop: Promise<void> | undefined

  constructor(url: string, home: pg.Pool, log: Logger, apply: (change: Change | 'everything') => void) {
    this.#url = url
    this.#home = home
    this.#log = log
    this.#apply = apply
  }

  /** Whether what is in memory may be answered without asking a shard. */
  valid(): boolean {
    return performance.now() < this.#validUntil
  }

  async start(): Promise<void> {
    await this.#connect().catch((error: unknown) =>
      this.#log.warn({ err: error }, 'no coherence lease yet: every read asks its shard'),
    )
    this.#loop = this.#keep()
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#validUntil = 0
    await this.#loop
    await this.#listener?.query('delete from registry.processes where id = $1', [this.id]).catch(() => undefined)
    await this.#listener?.end().catch(() => undefined)
  }

  /** Resolves when no process can answer from before the change any more. Never rejects: the change has happened already. */
  async announce(change: Change): Promise<void> {
    this.#apply(change)
    const id = randomUUID()
    const missing = new Set<string>()
    const acknowledged = new Set<string>()
    let asked = false
    let finish: () => void = () => undefined
    const all = new Promise<void>((resolve) => {
      finish = resolve
    })
    this.#waiting.set(id, (process) => {
      acknowledged.add(process)
      missing.delete(process)
      if (asked && missing.size === 0) finish()
    })
    try {
      const { rows } = await ask<{ live: string[] }>(this.#home, {
        name: 'coherence:announce',
        text: `with live as (select id from registry.processes where lease_until > clock_timestamp() and id <> $2)
               select array(select id from live) as live, ${withoutFlush}, pg_notify('${channel}', $1)`,
        values: [JSON.stringify({ from: this.id, id, change } satisfies Envelope), this.id],
      })
      for (const process of rows[0]?.live ?? []) if (!acknowledged.has(process)) missing.add(process)
      asked = true
      if (missing.size > 0) await Promise.race([all, sleep(leaseMs, undefined, { ref: false })])
    } catch (error) {
      this.#log.warn({ err: error }, 'a change could not be announced: waiting for all leases to run out')
      await sleep(leaseMs)
    } finally {
      this.#waiting.delete(id)
    }
  }

  async #connect(): Promise<void> {
    const listener = new pg.Client({
      ...connectionOf(this.#url),
      application_name: 'registry-coherence',
      connectionTimeoutMillis: 3000,
      query_timeout: leaseMs,
    })
    listener.on('error', (error) => {
      this.#validUntil = 0
      this.#log.warn({ err: error }, 'the coherence connection broke')
    })
    listener.on('notification', ({ channel: name, payload = '' }) => this.#hear(name, payload))
    await listener.connect()
    await listener.query(`listen ${channel}; listen "ack_${this.id}"`)
    // Whatever happened while nobody listened is unknown.
    this.#apply('everything')
    this.#listener = listener
    await this.#renew(listener)
  }

  async #renew(listener: pg.Client): Promise<void> {
    const asked = performance.now()
    await listener.query(
      `insert into registry.processes (id, lease_until) values ($1, clock_timestamp() + $2 * interval '1 millisecond')
       on conflict (id) do update set lease_until = excluded.lease_until`,
      [this.id, leaseMs],
    )
    this.#validUntil = asked + leaseMs
  }

  async #keep(): Promise<void> {
    while (!this.#closing) {
      await sleep(renewEveryMs, undefined, { ref: false })
      if (this.#closing) return
      try {
        if (this.#listener) await this.#renew(this.#listener)
        else await this.#connect()
      } catch (error) {
        this.#validUntil = 0
        this.#log.warn({ err: error }, 'no coherence lease: every read asks its shard')
        await this.#listener?.end().catch(() => undefined)
        this.#listener = undefined
      }
    }
  }

  #hear(name: string, payload: string): void {
    if (name !== channel) {
      const [id = '', process = ''] = payload.split(' ')
      this.#waiting.get(id)?.(process)
      return
    }
    const { from, id, change } = JSON.parse(payload) as Envelope
    if (from === this.id) return
    this.#apply(change)
    ask(this.#home, {
      name: 'coherence:acknowledge',
      text: `select ${withoutFlush}, pg_notify($1, $2)`,
      values: [`ack_${from}`, `${id} ${this.id}`],
    }).catch((error: unknown) =>
      this.#log.warn({ err: error }, 'a change could not be acknowledged: its writer waits for the lease'),
    )
  }
}
