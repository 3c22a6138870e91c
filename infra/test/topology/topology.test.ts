import { describe, expect, it } from 'vitest'
import { planStacks } from '../../lib/planning/stacks.ts'
import { profiles } from '../../lib/topology/profiles.ts'
import { shardHomes } from '../../lib/topology/shards.ts'
import { desiredState } from '../desired-state.ts'

describe('profiles', () => {
  it.each([
    ['dev', '[us-east-1, us-west-2]', 'regions: expected 1 with the profile dev, found 2 (us-east-1, us-west-2)'],
    ['global', '[us-east-1]', 'regions: expected 2 to 3 with the profile global, found 1 (us-east-1)'],
    ['production', '[us-east-1, us-east-1]', 'regions: expected each once, found us-east-1, us-east-1'],
    ['production', '[af-south-1]', 'regions: af-south-1 has no address block'],
  ])('refuses %s in %s, and says what it expected', (profile, regions, message) => {
    const state = desiredState({ prod: { regions, topology: `{ profile: ${profile}, physicalClusters: 1 }` } })
    expect(() => planStacks(state)).toThrow(message)
  })

  it('refuses clusters where the profile has one instance, together with what else is wrong', () => {
    const state = desiredState({
      dev: { regions: '[us-east-1, us-west-2]', topology: '{ profile: dev, physicalClusters: 2 }' },
    })
    expect(() => planStacks(state)).toThrow(
      /regions: expected 1[^]*physicalClusters: expected 1 with the profile dev, found 2/,
    )
  })

  it('joins regions only with what AWS can join: no RDS instance, no small or serverless cache', () => {
    const all = Object.values(profiles)
    const joined = all.filter(({ regions }) => regions.maximum > 1)
    expect(new Set(joined.map(({ database }) => database.kind))).toEqual(new Set(['aurora']))
    const shared = all.flatMap(({ cache }) => (cache.kind === 'nodes' && cache.global ? [cache.nodeType] : []))
    expect(shared).toEqual([expect.stringMatching(/^cache\.[mr]\d/)])
    expect(joined.map(({ regions }) => regions.maximum)).toEqual(joined.map(() => 3))
  })
})

describe('shardHomes', () => {
  it.each([1, 2, 4, 8] as const)(
    'gives each of the 8 logical shards one owner out of %i clusters, evenly',
    (clusters) => {
      const homes = shardHomes({ topology: { profile: 'global', logicalShards: 8, physicalClusters: clusters } })
      expect(homes.flatMap(({ shards }) => shards).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      expect(homes.map(({ shards }) => shards.length)).toEqual(homes.map(() => 8 / clusters))
    },
  )
})
