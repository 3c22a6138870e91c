import type pg from 'pg'
import { slotCount } from './migrate.ts'
import { ask } from './ask.ts'

/** One version of the whole table, as a process holds it. */
export interface SlotTable {
  /** Logical shard by slot. */
  readonly shards: Uint16Array
  /** Epoch by slot: grows by one whenever the slot changes hands. */
  readonly epochs: Float64Array
  /** Cluster (index into DATABASE_URLS) by logical shard. */
  readonly placements: ReadonlyMap<number, number>
}

/** Where the table is kept: DynamoDB, or the first cluster itself. */
export interface SlotTableSource {
  /** @throws Error when the table is not reachable or not whole. */
  load(): Promise<SlotTable>
  /**
   * Gives a slot to another shard, if its epoch is still `epoch`; the new epoch is one more.
   *
   * @returns whether it happened
   */
  reassign(slot: number, shard: number, epoch: number): Promise<boolean>
  place(shard: number, cluster: number): Promise<void>
}

export interface SlotRecord {
  readonly slot: number
  readonly shard: number
  readonly epoch: number
}

/** @throws Error when a slot is missing. */
export function assembleSlotTable(slots: readonly SlotRecord[], placements: ReadonlyMap<number, number>): SlotTable {
  const shards = new Uint16Array(slotCount)
  const epochs = new Float64Array(slotCount)
  for (const { slot, shard, epoch } of slots) {
    shards[slot] = shard
    epochs[slot] = epoch
  }
  const missing = epochs.findIndex((epoch) => epoch === 0)
  if (missing !== -1) {
    throw new Error(`expected a slot table of ${slotCount} slots, found none for slot ${missing}: run node migrate.ts`)
  }
  return { shards, epochs, placements }
}

/** The table in the first cluster's schema `registry`: what is used when no DynamoDB table is configured. */
export class PostgresSlotTable implements SlotTableSource {
  readonly #home: pg.Pool

  constructor(home: pg.Pool) {
    this.#home = home
  }

  async load(): Promise<SlotTable> {
    const { rows } = await ask<{ slots: [number, number, number][]; placements: [number, number][] }>(
      this.#home,
      `select (select json_agg(json_build_array(slot, shard, epoch)) from registry.slots) as slots,
              (select json_agg(json_build_array(shard, cluster)) from registry.placements) as placements`,
    )
    const [row] = rows
    const slots = (row?.slots ?? []).map(([slot, shard, epoch]) => ({ slot, shard, epoch }))
    return assembleSlotTable(slots, new Map(row?.placements ?? []))
  }

  async reassign(slot: number, shard: number, epoch: number): Promise<boolean> {
    const { rowCount } = await this.#home.query(
      'update registry.slots set shard = $2, epoch = epoch + 1 where slot = $1 and epoch = $3',
      [slot, shard, epoch],
    )
    return rowCount === 1
  }

  async place(shard: number, cluster: number): Promise<void> {
    await this.#home.query(
      'insert into registry.placements (shard, cluster) values ($1, $2) on conflict (shard) do nothing',
      [shard, cluster],
    )
  }
}
