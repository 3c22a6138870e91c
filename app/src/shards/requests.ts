import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import type { Router } from './router.ts'

const everyMs = 60_000
const keepHours = 48

/** Stores how often each slot's shard is asked, so that placement can weigh it. A killed process loses a minute's counts. */
export class SlotRequests {
  readonly #router: Router
  readonly #home: pg.Pool
  readonly #log: Logger
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined

  constructor(router: Router, home: pg.Pool, log: Logger) {
    this.#router = router
    this.#home = home
    this.#log = log
  }

  start(): void {
    this.#loop = this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await this.#tryToStore()
  }

  /** Adds what was counted since the last time to the hour's sums, and forgets hours that nothing reads any more. */
  async store(): Promise<void> {
    const counted = this.#router.takeRequests()
    // In the order of slots: two processes that store at once never wait for each other in a circle.
    const slots = [...counted.keys()].filter((slot) => counted[slot] !== 0)
    if (slots.length === 0) return
    await this.#home.query(
      `insert into registry.slot_requests (hour, slot, requests)
       select date_trunc('hour', now()), slot, requests from unnest($1::int[], $2::bigint[]) as counted (slot, requests)
       on conflict (hour, slot) do update set requests = slot_requests.requests + excluded.requests`,
      [slots, slots.map((slot) => counted[slot])],
    )
    await this.#home.query(`delete from registry.slot_requests where hour < now() - interval '${keepHours} hours'`)
  }

  /** What cannot be stored is lost: it is a weight, not a record. */
  async #tryToStore(): Promise<void> {
    await this.store().catch((error: unknown) => this.#log.warn({ err: error }, 'requests a slot could not be stored'))
  }

  async #run(): Promise<void> {
    for (;;) {
      const isOver = await sleep(everyMs, false, { signal: this.#stop.signal, ref: false }).catch(() => true)
      if (isOver) return
      await this.#tryToStore()
    }
  }
}
