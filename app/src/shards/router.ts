import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import { RegistryError } from '../errors.ts'
import { slotOf } from '../packages/names.ts'
import { onConnection } from './ask.ts'
import { slotCount } from './migrate.ts'
import type { SlotTable, SlotTableSource } from './slot-table.ts'

/** Where one package lives, as this process believes: the shard checks the epoch. */
export interface Route {
  readonly slot: number
  readonly shard: number
  readonly epoch: number
  /** The shard's schema, safe to write into SQL. */
  readonly schema: string
  readonly pool: pg.Pool
}

/** The shard says that the slot is not (or not yet, or no longer) this router's to use: reload the table, then try again. */
export class StaleRoute extends Error {
  override readonly name = 'StaleRoute'
  /** The table is right, and a move is about to change it: nothing is learnt from another look before the slot has gone. */
  readonly isFrozen: boolean

  constructor(name: string, isFrozen = false) {
    super(name)
    this.isFrozen = isFrozen
  }
}

/**
 * A move freezes a slot for well under a second; one that was killed, until the next one comes. After this long a client is told to
 * try again.
 */
const patienceMs = 10_000
const pauseMs = 25

export interface SlotRow {
  readonly epoch: number
  readonly state: string
}

/**
 * Sends every read and write of a package to the shard that owns its slot. Correct with a stale copy of the table: reads and
 * writes carry the epoch, and a shard that does not agree makes the router reload.
 */
export class Router {
  readonly pools: readonly pg.Pool[]
  readonly #source: SlotTableSource
  readonly #log: Logger
  #table: SlotTable
  /** Reads and writes that reached a shard, by slot; whoever stores them takes them away. What is answered from memory costs a shard nothing. */
  #requests = new Float64Array(slotCount)
  #reloading: Promise<void> | undefined

  readonly #patienceMs: number

  private constructor(
    pools: readonly pg.Pool[],
    source: SlotTableSource,
    table: SlotTable,
    log: Logger,
    waitMs: number,
  ) {
    this.#patienceMs = waitMs
    this.pools = pools
    this.#source = source
    this.#table = table
    this.#log = log
  }

  /** @param waitMs how long a read or write waits for a slot that nobody owns */
  static async open(
    pools: readonly pg.Pool[],
    source: SlotTableSource,
    log: Logger,
    waitMs = patienceMs,
  ): Promise<Router> {
    return new Router(pools, source, await source.load(), log, waitMs)
  }

  get table(): SlotTable {
    return this.#table
  }

  /** One reload at a time, however many requests ask for it. */
  reload(): Promise<void> {
    this.#reloading ??= this.#source
      .load()
      .then((table) => {
        this.#table = table
      })
      .finally(() => {
        this.#reloading = undefined
      })
    return this.#reloading
  }

  /** @returns how often a shard was asked, by slot, since the last time */
  takeRequests(): Float64Array {
    const requests = this.#requests
    this.#requests = new Float64Array(slotCount)
    return requests
  }

  route(name: string): Route {
    return this.routeOfSlot(slotOf(name))
  }

  routeOfSlot(slot: number): Route {
    const shard = this.#table.shards[slot]
    const epoch = this.#table.epochs[slot]
    const cluster = shard === undefined ? undefined : this.#table.placements.get(shard)
    const pool = cluster === undefined ? undefined : this.pools[cluster]
    if (shard === undefined || epoch === undefined || !pool) {
      throw new RegistryError(
        'UNAVAILABLE',
        `slot ${slot} has no reachable home: the slot table names a cluster that is not configured`,
      )
    }
    return { slot, shard, epoch, schema: `shard_${shard}`, pool }
  }

  /** Every logical shard with its pool, for what must look at all of them. */
  shards(): { shard: number; schema: string; pool: pg.Pool }[] {
    return [...this.#table.placements].flatMap(([shard, cluster]) => {
      const pool = this.pools[cluster]
      return pool ? [{ shard, schema: `shard_${shard}`, pool }] : []
    })
  }

  /**
   * Runs a read whose first row carries the slot's `epoch` and `state` beside what was asked for.
   *
   * @throws RegistryError UNAVAILABLE when the slot does not settle.
   */
  async read<Row extends SlotRow>(name: string, query: (route: Route) => Promise<Row | undefined>): Promise<Row> {
    return this.#settle(name, async (route) => {
      const row = await query(route)
      // A frozen slot still answers reads: its rows stay until the new owner is named.
      if (!row || row.epoch !== route.epoch || row.state === 'incoming') throw new StaleRoute(name)
      return row
    })
  }

  /**
   * Runs a write in one transaction on the package's shard. The slot's row is locked for the transaction, so a move waits for
   * it, and the epoch is checked inside it, so a stale router writes nothing. What `work` asks first is sent together with that
   * check: it may begin on a shard that is not the package's any more, or on a connection that breaks, and then whatever it did or threw
   * counts for nothing and it begins anew.
   */
  async write<T>(name: string, work: (client: pg.PoolClient, route: Route) => Promise<T>): Promise<T> {
    return this.#settle(name, async (route) => {
      let isCommitting = false
      const transaction = async (client: pg.PoolClient) => {
        const begun = client.query('begin')
        const fenced = client.query<SlotRow>({
          name: `${route.schema}:fence`,
          text: `select epoch, state from ${route.schema}.slots where slot = $1 for share`,
          values: [route.slot],
        })
        const worked = work(client, route)
        // All three, whatever they come to: nothing may be under way when the transaction ends.
        await Promise.allSettled([begun, fenced, worked])
        await begun
        const fence = (await fenced).rows[0]
        if (!fence || fence.epoch !== route.epoch || fence.state !== 'owned')
          throw new StaleRoute(name, fence?.epoch === route.epoch && fence.state === 'frozen')
        const result = await worked
        isCommitting = true
        await client.query('commit')
        return result
      }
      // Without a commit nothing has happened, whatever was sent; after it nobody knows, and the client asks.
      return onConnection(route.pool, transaction, () => !isCommitting)
    })
  }

  async #settle<T>(name: string, attempt: (route: Route) => Promise<T>): Promise<T> {
    const began = performance.now()
    for (let tries = 1; ; tries += 1) {
      try {
        const route = this.route(name)
        this.#requests[route.slot] = (this.#requests[route.slot] ?? 0) + 1
        return await attempt(route)
      } catch (error) {
        if (!(error instanceof StaleRoute)) throw error
        if (performance.now() - began > this.#patienceMs) {
          throw new RegistryError('UNAVAILABLE', `${name} is being moved: try again`, {
            headers: { 'retry-after': '1' },
            cause: error,
          })
        }
        this.#log.debug({ name, tries, isFrozen: error.isFrozen }, 'stale route')
        if (tries > 1 || error.isFrozen) await sleep(pauseMs)
        if (!error.isFrozen) await this.reload()
      }
    }
  }
}
