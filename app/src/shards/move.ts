import type { Router } from './router.ts'
import { copyPackages, dropSlot, slotChecksum, slotContents } from './copy.ts'
import type { ShardPlace } from './copy.ts'
import type { SlotTableSource } from './slot-table.ts'

export interface MoveReport {
  readonly slot: number
  readonly from: number
  readonly to: number
  readonly packages: number
  /** How long writes to the slot had to wait. */
  readonly frozenMs: number
}

/**
 * Moves one slot to another shard while both are in use. Copies first, then freezes the slot's writes (they wait), copies what has
 * changed since, compares checksums, and gives the slot away in the slot table with the next epoch. The old owner refuses before
 * the new one accepts, so nobody reads or writes beside the other. Repeating it after a crash at any point finishes it.
 *
 * @throws Error when the copy does not match; then the slot stays where it was
 */
export async function moveSlot(
  { router, source }: { router: Router; source: SlotTableSource },
  slot: number,
  to: number,
): Promise<MoveReport> {
  await router.reload()
  const { shard: from, epoch } = router.routeOfSlot(slot)
  const places = new Map<number, ShardPlace>(router.shards().map((place) => [place.shard, place]))
  const target = places.get(to)
  const origin = places.get(from)
  if (!target || !origin)
    throw new Error(`expected shard ${to} to be placed on a cluster, found it on none: place it first`)
  if (from === to) {
    await settle(target, slot, epoch, [...places.values()])
    return { slot, from, to, packages: 0, frozenMs: 0 }
  }

  await dropSlot(target, slot)
  await target.pool.query(
    `insert into ${target.schema}.slots (slot, epoch, state) values ($1, $2, 'incoming')
     on conflict (slot) do update set epoch = excluded.epoch, state = excluded.state`,
    [slot, epoch + 1],
  )
  const copied = await slotContents(origin, slot)
  await copyPackages(origin, target, [...copied.keys()])

  const began = performance.now()
  // Waits for the writes that are under way: each holds a share lock on this row.
  await setState(origin, slot, epoch, 'frozen')
  try {
    const now = await slotContents(origin, slot)
    await copyPackages(
      origin,
      target,
      [...now].filter(([name, revision]) => copied.get(name) !== revision).map(([name]) => name),
    )
    const [there, here] = [await slotChecksum(target, slot), await slotChecksum(origin, slot)]
    if (there !== here)
      throw new Error(
        `slot ${slot}: the copy in shard ${to} is not what shard ${from} holds; it stays in shard ${from}`,
      )
    if (!(await source.reassign(slot, to, epoch)))
      throw new Error(`slot ${slot}: somebody else moved it meanwhile; nothing was changed`)
  } catch (error) {
    await setState(origin, slot, epoch, 'owned')
    throw error
  }
  await origin.pool.query(`delete from ${origin.schema}.slots where slot = $1`, [slot])
  await setState(target, slot, epoch + 1, 'owned')
  const frozenMs = performance.now() - began
  await dropSlot(origin, slot)
  await router.reload()
  return { slot, from, to, packages: copied.size, frozenMs }
}

async function setState({ schema, pool }: ShardPlace, slot: number, epoch: number, state: string): Promise<void> {
  const { rowCount } = await pool.query(`update ${schema}.slots set state = $3 where slot = $1 and epoch = $2`, [
    slot,
    epoch,
    state,
  ])
  if (rowCount !== 1)
    throw new Error(`slot ${slot}: expected it in ${schema} with epoch ${epoch}, found it otherwise: run shards verify`)
}

/** Finishes what a crash left: the table has the last word on who owns the slot. */
async function settle(owner: ShardPlace, slot: number, epoch: number, places: readonly ShardPlace[]): Promise<void> {
  for (const place of places) {
    if (place.shard === owner.shard) continue
    await place.pool.query(`delete from ${place.schema}.slots where slot = $1`, [slot])
    await dropSlot(place, slot)
  }
  await setState(owner, slot, epoch, 'owned')
}
