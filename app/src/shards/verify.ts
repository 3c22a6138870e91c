import { slotChecksum } from './copy.ts'
import type { Router } from './router.ts'

/** What `shards verify` found wrong; nothing when all is well. */
export interface ShardFinding {
  readonly slot: number
  readonly finding: string
}

/** Every slot has one owner that agrees with the table, and nobody else holds rows of it. */
export async function verifyShards(router: Router): Promise<ShardFinding[]> {
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
