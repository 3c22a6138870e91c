/** What one slot weighs. */
export interface SlotLoad {
  readonly slot: number
  readonly shard: number
  readonly bytes: number
  readonly requests: number
}

export interface SlotMove {
  readonly slot: number
  readonly from: number
  readonly to: number
  readonly bytes: number
}

export interface ShardLoad {
  readonly shard: number
  readonly slots: number
  readonly bytes: number
  readonly requests: number
}

export interface ShardPlan {
  readonly before: readonly ShardLoad[]
  readonly after: readonly ShardLoad[]
  /** Greatest load over the mean, of what was balanced: 1 is perfect. */
  readonly imbalanceBefore: number
  readonly imbalanceAfter: number
  readonly moves: readonly SlotMove[]
  readonly movedBytes: number
  /** What any plan must move to reach the mean everywhere: what stands above it. */
  readonly minimumBytes: number
}

/** An empty slot costs a little too, so that they are spread as well. */
const emptySlotBytes = 1

/**
 * Which slots go where, so that each shard carries its part: the shards above the mean give their largest slots that fit, to the
 * shard that lacks most. `requestShare` (0 to 1) says how much of a slot's weight are its requests; the rest are its bytes.
 */
export function planShards(loads: readonly SlotLoad[], shards: readonly number[], requestShare = 0): ShardPlan {
  const totalBytes = loads.reduce((sum, { bytes }) => sum + bytes + emptySlotBytes, 0)
  const totalRequests = loads.reduce((sum, { requests }) => sum + requests, 0)
  const byRequests = totalRequests > 0 ? requestShare : 0
  const weightOf = ({ bytes, requests }: SlotLoad) =>
    ((bytes + emptySlotBytes) / totalBytes) * (1 - byRequests) +
    (byRequests > 0 ? (requests / totalRequests) * byRequests : 0)

  const owner = new Map(loads.map(({ slot, shard }) => [slot, shard]))
  const mean = 1 / shards.length
  const weight = new Map<number, number>(shards.map((shard) => [shard, 0]))
  for (const load of loads) weight.set(load.shard, (weight.get(load.shard) ?? 0) + weightOf(load))
  const imbalance = () => Math.max(...shards.map((shard) => weight.get(shard) ?? 0)) / mean
  const imbalanceBefore = imbalance()

  const heaviestFirst = [...loads].sort((a, b) => weightOf(b) - weightOf(a) || a.slot - b.slot)
  const stays = new Set(shards)
  const moves: SlotMove[] = []
  for (const load of heaviestFirst) {
    const from = load.shard
    const own = weightOf(load)
    const surplus = stays.has(from) ? (weight.get(from) ?? 0) - mean : Infinity
    if (own > surplus) continue
    const [receiver] = [...shards].sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || a - b)
    if (receiver === undefined || receiver === from) continue
    const room = mean - (weight.get(receiver) ?? 0)
    if (own > room && stays.has(from)) continue
    weight.set(from, (weight.get(from) ?? 0) - own)
    weight.set(receiver, (weight.get(receiver) ?? 0) + own)
    owner.set(load.slot, receiver)
    moves.push({ slot: load.slot, from, to: receiver, bytes: load.bytes })
  }

  const before = sumByShard(loads, shards, ({ shard }) => shard)
  const meanBytes = before.reduce((sum, { bytes }) => sum + bytes, 0) / shards.length
  return {
    before,
    after: sumByShard(loads, shards, ({ slot, shard }) => owner.get(slot) ?? shard),
    imbalanceBefore,
    imbalanceAfter: imbalance(),
    moves,
    movedBytes: moves.reduce((sum, { bytes }) => sum + bytes, 0),
    minimumBytes: Math.round(
      before.reduce((sum, { shard, bytes }) => sum + (stays.has(shard) ? Math.max(0, bytes - meanBytes) : bytes), 0),
    ),
  }
}

function sumByShard(
  loads: readonly SlotLoad[],
  shards: readonly number[],
  shardOf: (load: SlotLoad) => number,
): ShardLoad[] {
  const sums = new Map(shards.map((shard) => [shard, { shard, slots: 0, bytes: 0, requests: 0 }]))
  for (const load of loads) {
    const shard = shardOf(load)
    const sum = sums.get(shard) ?? { shard, slots: 0, bytes: 0, requests: 0 }
    sums.set(shard, {
      shard,
      slots: sum.slots + 1,
      bytes: sum.bytes + load.bytes,
      requests: sum.requests + load.requests,
    })
  }
  return [...sums.values()].sort((a, b) => a.shard - b.shard)
}
