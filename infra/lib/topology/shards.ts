import type { Environment } from '@sluice/core/environment/environment'

/** A physical cluster and the logical shards that start out on it. */
export interface ShardHome {
  readonly cluster: number
  readonly shards: readonly number[]
}

/**
 * Where logical shards are placed at first: round robin, as the workload's first migration places them. From then on the shard
 * map says where they are; a move is a change of that map and none of the infrastructure.
 */
export function shardHomes({ topology }: Pick<Environment, 'topology'>): ShardHome[] {
  const { physicalClusters, logicalShards } = topology
  const shards = Array.from({ length: logicalShards }, (_, shard) => shard)
  return Array.from({ length: physicalClusters }, (_, cluster) => ({
    cluster,
    shards: shards.filter((shard) => shard % physicalClusters === cluster),
  }))
}
