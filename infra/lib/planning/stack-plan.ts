/** A stack that an environment (or what all share) has, before it is built: where it lives and what must stand before it. */
export interface PlannedStack {
  /** Unique over all environments and regions: `<environment>/<part>/<region>`. */
  readonly id: string
  readonly environment: string
  readonly part: string
  readonly account: string
  readonly region: string
  /** CloudFormation's name of it: the same in every region. */
  readonly name: string
  /** Its template below the folder that `synthesize` writes to. */
  readonly file: string
  /** Ids of the stacks that must be deployed before it. */
  readonly needs: readonly string[]
}

/** In which order the regions of a part are deployed; all at once without one. */
export type RegionOrder =
  /** Replicas join what the primary made (Aurora Global Database, Global Datastore). */
  | 'primary-first'
  /** The primary points at what the replicas made (S3 replication needs its destinations). */
  | 'primary-last'
  /** One region after the other, the primary at the end: a fault shows where the least traffic is. */
  | 'last-to-first'

/** Where a part's stacks stand, and after what. */
export interface Placement {
  readonly part: string
  /** `primary`: once, in the first region. `regional`: in every region. `us-east-1`: once, there, as CloudFront and its WAF ask. */
  readonly placed: 'primary' | 'regional' | 'us-east-1'
  readonly regionOrder?: RegionOrder
  /** Parts of the same environment that come before: of the same region when both are regional, all of them otherwise. */
  readonly after?: readonly string[]
  /** Parts of which every region's stack comes before: what replicates across regions needs both ends. */
  readonly afterEveryRegionOf?: readonly string[]
}

/** The regions of a part, in the order of `environment.yaml`. */
export function regionsOf({ placed }: Placement, regions: readonly string[]): readonly string[] {
  if (placed === 'regional') return regions
  return placed === 'primary' ? regions.slice(0, 1) : ['us-east-1']
}

/** Regions that come right before `region` by the part's order. */
export function regionsBefore(order: RegionOrder | undefined, regions: readonly string[], region: string): string[] {
  const index = regions.indexOf(region)
  if (order === 'primary-first') return index > 0 ? regions.slice(0, 1) : []
  if (order === 'primary-last') return index === 0 ? regions.slice(1) : []
  if (order === 'last-to-first') return regions.slice(index + 1, index + 2)
  return []
}

/**
 * Stacks by wave: what stands in one wave can be deployed at the same time, after everything of the waves before it. What a
 * stack needs outside of `stacks` counts as deployed. Throws an `Error` that names the stacks which wait for each other.
 */
export function waves(stacks: readonly PlannedStack[]): PlannedStack[][] {
  const known = new Set(stacks.map(({ id }) => id))
  const done = new Set<string>()
  const result: PlannedStack[][] = []
  let waiting = [...stacks]
  while (waiting.length > 0) {
    const wave = waiting.filter(({ needs }) => needs.every((need) => done.has(need) || !known.has(need)))
    if (wave.length === 0) {
      throw new Error(
        `stacks wait for each other: ${waiting.map(({ id, needs }) => `${id} (${needs.join(', ')})`).join('; ')}`,
      )
    }
    for (const { id } of wave) done.add(id)
    waiting = waiting.filter(({ id }) => !done.has(id))
    result.push(wave)
  }
  return result
}
