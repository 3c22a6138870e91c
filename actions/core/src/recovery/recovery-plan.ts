import { certificates } from '../environment/certificates.ts'
import type { Environment } from '../environment/environment.ts'
import type { EnvironmentState } from '../environment/read.ts'
import { ConfigurationError } from '../failure.ts'
import { names } from '../names.ts'

/** What would move where, before anything does. */
export interface RecoveryPlan {
  readonly environment: string
  /** The region that takes over. */
  readonly region: string
  /** The name of the Region switch plan that does it. */
  readonly planName: string
  readonly moves: readonly ClusterMove[]
}

/** A physical cluster, the logical shards that were placed on it at first, and where its writer is. */
export interface ClusterMove {
  readonly cluster: number
  readonly shards: readonly number[]
  /** None: the writer is on its way, or nobody knows. */
  readonly from: string | undefined
  readonly isThere: boolean
}

/** Where clients call an environment's first web service (infra/lib/edge/entry.ts: `serviceHost`); none without names. */
export function clientAddress({ environment, services }: EnvironmentState): string | undefined {
  const { domain } = environment.edge
  const service = Object.keys(services).find((name) => services[name]?.kind === 'web')
  if (domain == null || service == null) return undefined
  return `${certificates(environment.edge).size === 0 ? 'http' : 'https'}://${service}.${domain}`
}

/** Physical clusters by number. */
export const clustersOf = ({ topology }: Pick<Environment, 'topology'>): number[] =>
  Array.from({ length: topology.physicalClusters }, (_, cluster) => cluster)

/**
 * Which region takes over, by which plan, and what moves. Without a wanted region the writers say it: from the primary to the first
 * other region, from any other one back. Throws a `ConfigurationError` where there is no way, or more than one.
 */
export function planRecovery(
  name: string,
  environment: Environment,
  writers: ReadonlyMap<number, string | undefined>,
  wanted: string | undefined,
): RecoveryPlan {
  const { topology, regions } = environment
  const [primary = '', ...replicas] = regions
  const from = [...new Set([...writers.values()].filter((region) => region != null))]
  const region = wanted ?? nextRegion(name, primary, replicas, from)
  if (!regions.includes(region)) {
    throw new ConfigurationError(`input "region": expected one of ${regions.join(', ')}, found "${region}"`)
  }
  const other = region === primary ? otherRegion(name, primary, replicas, from) : region
  const stranger = from.find((one) => one !== region && one !== primary && one !== other)
  if (stranger != null) {
    throw new ConfigurationError([
      {
        message: `expected the writers of ${name} in ${primary} or ${region}, found one in ${stranger}`,
        hint: `plans have the primary and one other region: move to ${primary} first`,
      },
    ])
  }
  return {
    environment: name,
    region,
    planName: names.regionSwitchPlan(name, other),
    moves: clustersOf(environment).map((cluster) => ({
      cluster,
      shards: shardsOf(cluster, topology),
      from: writers.get(cluster),
      isThere: writers.get(cluster) === region,
    })),
  }
}

const shardsOf = (cluster: number, { logicalShards, physicalClusters }: Environment['topology']) =>
  Array.from({ length: logicalShards }, (_, shard) => shard).filter((shard) => shard % physicalClusters === cluster)

function nextRegion(name: string, primary: string, replicas: readonly string[], from: readonly string[]): string {
  const [first] = replicas
  if (first == null) {
    throw new ConfigurationError([
      {
        message: `expected another region in environments/${name}/environment.yaml, found ${primary} alone`,
        hint: 'there is nothing to move to: a lost region is restored from backups (docs/runbooks/region-lost.md)',
        location: { file: `environments/${name}/environment.yaml` },
      },
    ])
  }
  if (from.length > 1) {
    throw new ConfigurationError([
      {
        message: `expected all writers of ${name} in one region, found them in ${from.join(', ')}`,
        hint: 'say with the input "region" where they belong',
      },
    ])
  }
  return from.length === 0 || from[0] === primary ? first : primary
}

/** The other end of the plan that leads back to the primary: where the writers are. */
function otherRegion(name: string, primary: string, replicas: readonly string[], from: readonly string[]): string {
  const others = from.filter((one) => one !== primary)
  const [only = replicas[0]] = others
  if (only == null || others.length > 1) {
    throw new ConfigurationError(
      `expected the writers of ${name} in ${primary} and one other region, found ${from.join(', ') || 'none'}`,
    )
  }
  return only
}
