import { describe, expect, it } from 'vitest'
import { planShards } from '../../src/shards/plan.ts'
import type { SlotLoad } from '../../src/shards/plan.ts'
import { slotOf } from '../../src/packages/names.ts'

/** 20,000 packages of log-normal size (sigma 1.5), from a fixed seed. */
function skewedSlots(shards: number): SlotLoad[] {
  let state = 42
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 1) / 4_294_967_297
  }
  const bytes = new Float64Array(4096)
  for (let index = 0; index < 20_000; index += 1) {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    const slot = slotOf(`@scope-${index % 400}/package-${index}`)
    bytes[slot] = (bytes[slot] ?? 0) + Math.round(20_000 * Math.exp(1.5 * normal))
  }
  return [...bytes].map((size, slot) => ({
    slot,
    shard: Math.floor((slot * shards) / 4096),
    bytes: size,
    requests: size % 97,
  }))
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

function apply(loads: readonly SlotLoad[], moves: readonly { slot: number; to: number }[]): SlotLoad[] {
  const to = new Map(moves.map((move) => [move.slot, move.to]))
  return loads.map((load) => ({ ...load, shard: to.get(load.slot) ?? load.shard }))
}

describe('planShards', () => {
  it('balances 20,000 packages of skewed size over 8 shards to 5 % or better', () => {
    const plan = planShards(skewedSlots(8), range(8))
    process.stdout.write(
      `20,000 packages over 8 shards: max/mean ${plan.imbalanceBefore.toFixed(4)} before, ${plan.imbalanceAfter.toFixed(4)} after\n`,
    )
    expect(plan.imbalanceBefore).toBeGreaterThan(1.01)
    expect(plan.imbalanceAfter).toBeLessThanOrEqual(1.05)
  })

  it.each([
    [4, 5],
    [8, 9],
    [16, 32],
  ])('grows from %i to %i shards and moves at most a tenth more than any plan must', (from, to) => {
    const settled = skewedSlots(from)
    const balanced = apply(settled, planShards(settled, range(from)).moves)
    const plan = planShards(balanced, range(to))
    const moved = plan.movedBytes / plan.minimumBytes
    process.stdout.write(
      `${from} to ${to} shards: ${plan.moves.length} slots, moved bytes ${moved.toFixed(4)} x the minimum, max/mean ${plan.imbalanceAfter.toFixed(4)}\n`,
    )
    expect(plan.imbalanceAfter).toBeLessThanOrEqual(1.05)
    expect(plan.movedBytes / plan.minimumBytes).toBeLessThanOrEqual(1.1)
    expect(plan.after.map(({ shard }) => shard)).toEqual(range(to))
  })

  it('empties a shard that shall go', () => {
    const plan = planShards(skewedSlots(8), range(7))
    expect(plan.after.find(({ shard }) => shard === 7)?.slots ?? 0).toBe(0)
    expect(plan.imbalanceAfter).toBeLessThanOrEqual(1.05)
  })

  it('moves nothing that is in balance', () => {
    const loads = range(4096).map((slot) => ({ slot, shard: slot % 8, bytes: 1000, requests: 0 }))
    expect(planShards(loads, range(8)).moves).toEqual([])
  })

  it('weighs requests when asked to', () => {
    const loads = range(4096).map((slot) => ({
      slot,
      shard: slot % 8,
      bytes: 1000,
      requests: slot % 8 === 0 ? 100 : 1,
    }))
    expect(planShards(loads, range(8), 1).imbalanceAfter).toBeLessThan(1.1)
  })
})
