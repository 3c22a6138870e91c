import type pg from 'pg'
import { pino } from 'pino'
import type { Config } from '../config.ts'
import { readConfig } from '../config.ts'
import { slotLoads } from './loads.ts'
import { addShard } from './migrate.ts'
import { moveSlot } from './move.ts'
import type { MoveReport } from './move.ts'
import { planShards } from './plan.ts'
import type { ShardPlan } from './plan.ts'
import { openPools } from './pools.ts'
import { Router } from './router.ts'
import { openSlotTable } from './slot-table-source.ts'
import type { SlotTableSource } from './slot-table.ts'
import { verifyShards } from './verify.ts'
import type { ShardFinding } from './verify.ts'

export type { MoveReport } from './move.ts'
export type { ShardLoad, ShardPlan, SlotLoad, SlotMove } from './plan.ts'
export type { ShardFinding } from './verify.ts'

export interface PlanOptions {
  /** How many logical shards there shall be; as many as there are when absent. */
  readonly shards?: number
  /** 0 to 1: how much of a slot's weight are its requests. */
  readonly requestShare?: number
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
  const source = await openSlotTable(config, home)
  const router = await Router.open(pools, source, log)
  return {
    plan: async ({ shards, requestShare = 0 } = {}) => {
      await router.reload()
      const known = [...router.table.placements.keys()].sort((a, b) => a - b)
      const count = shards ?? known.length
      const wanted = [...new Set([...known, ...Array.from({ length: count }, (_, shard) => shard)])].slice(0, count)
      return planShards(await slotLoads(router, home), wanted, requestShare)
    },
    move: (plan, onMoved) =>
      asOnlyMover(home, async () => {
        const reports: MoveReport[] = []
        await placeNewShards(config, router, source, plan)
        // A slot that a killed move left frozen takes no publish: first of all it goes on where the table says it is.
        for (const slot of new Set((await verifyShards(router)).map((finding) => finding.slot))) {
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
