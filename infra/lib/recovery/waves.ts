import type { EnvironmentState } from '@sluice/core/environment/read'
import { regionsOf } from '../topology/regions.ts'
import { shardHomes } from '../topology/shards.ts'

/** In which order an environment's clusters change their region. */
export type FailoverOrder = 'parallel' | 'one-by-one'

/**
 * The physical clusters that move to another region, wave by wave, by the list that places the shards. All of them at once:
 * one after the other, eight take eight times as long.
 */
export function failoverWaves(state: EnvironmentState, order: FailoverOrder = 'parallel'): number[][] {
  if (regionsOf(state).replicas.length === 0) return []
  const clusters = shardHomes(state.environment).map(({ cluster }) => cluster)
  return order === 'parallel' ? [clusters] : clusters.map((cluster) => [cluster])
}
