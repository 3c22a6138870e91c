import type pg from 'pg'
import { pino } from 'pino'
import type { Config } from '../config.ts'
import { readConfig } from '../config.ts'
import { slotChecksum } from './copy.ts'
import { addShard } from './migrate.ts'
import { moveSlot } from './move.ts'
import type { MoveReport } from './move.ts'
import { planShards } from './plan.ts'
import type { ShardPlan, SlotLoad } from './plan.ts'
import { openPools } from './pools.ts'
import { Router } from './router.ts'
import { openSlotTable } from './slot-table-source.ts'
import type { SlotTableSource } from './slot-table.ts'

export type { MoveReport } from './move.ts'
export type { ShardLoad, ShardPlan, SlotLoad, SlotMove } from './plan.ts'

export interface PlanOptions {
  /** How many logical shards there shall be; as many as there are when absent. */
  readonly shards?: number
  /** 0 to 1: how much of a slot's weight are its requests. */
  readonly requestShare?: number
}

/** What `shards verify` found wrong; nothing when all is well. */
export interface ShardFinding {
  readonly slot: number
  readonly finding: string
}

/** The shards of one registry, for the people who look after it. */
export interface Shards {
  plan(options?: PlanOptions): Promise<ShardPlan>
  /**
   * Settles what a stopped move left, then moves the plan's slots one by one; may be stopped and repeated at any time.
   *
   * @throws Error while another process moves slots
   */
  move(
    plan: ShardPlan,
    onMoved?: (report: MoveReport, done: number, all: number) => void,
  ): Promise<readonly MoveReport[]>
  verify(): Promise<readonly ShardFinding[]>
  close(): Promise<void>
}

/**
 * Opens the shards that DATABASE_URLS (and SLOT_TABLE) of an environment name.
 *
 * @throws Error when a variable is not usable or the first cluster not reachable
 */
export async function openShards(environment: Readonly<Record<string, string | undefined>>): Promise<Shards> {
  const config = readConfig(environment)
  const log = pino({ level: 'warn' }, pino.destination(2))
  const pools = openPools(config.DATABASE_URLS, log)
  const [home] = pools
  if (!home) throw new Error('expected DATABASE_URLS with at least one PostgreSQL URL, found none')
  const source = openSlotTable(config, home)
  const router = await Router.open(pools, source, log)
  return {
    plan: async ({ shards, requestShare = 0 } = {}) => {
      await router.reload()
      const known = [...router.table.placements.keys()].sort((a, b) => a - b)
      const count = shards ?? known.length
      const wanted = [...new Set([...known, ...Array.from({ length: count }, (_, shard) => shard)])].slice(0, count)
      return planShards(await slotLoads(router), wanted, requestShare)
    },
    move: (plan, onMoved) =>
      asOnlyMover(home, async () => {
        const reports: MoveReport[] = []
        await placeNewShards(config, router, source, plan)
        // A slot that a killed move left frozen takes no publish: first of all it goes on where the table says it is.
        for (const slot of await interruptedSlots(router)) {
          await moveSlot({ router, source }, slot, router.routeOfSlot(slot).shard)
        }
        for (const { slot, to } of plan.moves) {
          const report = await moveSlot({ router, source }, slot, to)
          reports.push(report)
          onMoved?.(report, reports.length, plan.moves.length)
        }
        return reports
      }),
    verify: async () => verifyShards(router),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
}

/** What each slot holds, counted where it is. */
export async function slotLoads(router: Router): Promise<SlotLoad[]> {
  const bytes = new Map<number, number>()
  for (const { schema, pool, shard } of router.shards()) {
    const { rows } = await pool.query<{ slot: number; bytes: number }>(
      `select p.slot, sum(v.size + length(v.manifest::text))::bigint as bytes
       from ${schema}.packages p join ${schema}.versions v on v.name = p.name where v.unpublished is null group by p.slot`,
    )
    for (const row of rows) if (router.table.shards[row.slot] === shard) bytes.set(row.slot, row.bytes)
  }
  return [...router.table.shards].map((shard, slot) => ({ slot, shard, bytes: bytes.get(slot) ?? 0, requests: 0 }))
}

async function placeNewShards(config: Config, router: Router, source: SlotTableSource, plan: ShardPlan): Promise<void> {
  const targets = new Set(plan.moves.map(({ to }) => to))
  for (const shard of targets) {
    if (router.table.placements.has(shard)) continue
    const cluster = shard % config.DATABASE_URLS.length
    await addShard(config.DATABASE_URLS[cluster] ?? '', shard)
    await source.place(shard, cluster)
    // Migrations find the shards here, wherever the slot table is.
    await router.pools[0]?.query(
      'insert into registry.placements (shard, cluster) values ($1, $2) on conflict (shard) do nothing',
      [shard, cluster],
    )
  }
  await router.reload()
}

/** "move" in ASCII: the advisory lock of the one process that moves slots. It goes with its connection, however that ends. */
const moveLock = 0x6d_6f_76_65

/** @throws Error while another process moves slots: to settle what one has just begun would tear it. */
async function asOnlyMover<Result>(home: pg.Pool, work: () => Promise<Result>): Promise<Result> {
  const client = await home.connect()
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [moveLock])
    if (!rows[0]?.locked) throw new Error('another process moves slots of this registry: wait for it, or end it')
    try {
      return await work()
    } finally {
      await client.query('select pg_advisory_unlock($1)', [moveLock])
    }
  } finally {
    client.release()
  }
}

/** Slots that a move left between two shards. */
async function interruptedSlots(router: Router): Promise<number[]> {
  await router.reload()
  const found = new Set<number>()
  for (const { schema, pool, shard } of router.shards()) {
    const { rows } = await pool.query<{ slot: number; state: string }>(`select slot, state from ${schema}.slots`)
    for (const { slot, state } of rows) if (router.table.shards[slot] !== shard || state !== 'owned') found.add(slot)
  }
  return [...found]
}

/** Every slot has one owner that agrees with the table, and nobody else holds rows of it. */
async function verifyShards(router: Router): Promise<ShardFinding[]> {
  await router.reload()
  const findings: ShardFinding[] = []
  const places = router.shards()
  for (const place of places) {
    const { rows } = await place.pool.query<{ slot: number; epoch: number; state: string }>(
      `select slot, epoch, state from ${place.schema}.slots`,
    )
    const held = new Map(rows.map((row) => [row.slot, row]))
    for (const [slot, shard] of router.table.shards.entries()) {
      const row = held.get(slot)
      const mine = shard === place.shard
      if (mine && row?.epoch !== router.table.epochs[slot]) {
        findings.push({
          slot,
          finding: `shard ${shard} should own it with epoch ${router.table.epochs[slot]}, and has ${row?.epoch ?? 'no row'}`,
        })
      } else if (mine && row?.state !== 'owned') {
        findings.push({ slot, finding: `shard ${shard} has it ${row?.state}: a move was interrupted, repeat it` })
      } else if (!mine && row) {
        findings.push({ slot, finding: `shard ${place.shard} has it too (${row.state}); shard ${shard} owns it` })
      }
    }
    const { rows: strays } = await place.pool.query<{ slot: number }>(
      `select distinct slot from ${place.schema}.packages`,
    )
    for (const { slot } of strays) {
      if (router.table.shards[slot] === place.shard) continue
      const checksum = await slotChecksum(place, slot)
      findings.push({
        slot,
        finding: `shard ${place.shard} holds rows of it that are not its own (${checksum.slice(0, 8)})`,
      })
    }
  }
  return findings
}
