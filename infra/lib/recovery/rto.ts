import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { hasDistribution, namesOf } from '../edge/entry.ts'
import { profileOf } from '../topology/profiles.ts'
import { regionsOf } from '../topology/regions.ts'
import { terms, type Term } from './terms.ts'
import { failoverWaves, type FailoverOrder } from './waves.ts'

/** What the environments promise, in seconds: reads answer again, writes are taken again, what may be lost. */
export const objectives = { read: 60, write: 300, recoveryPoint: 1 } as const

/** Terms of a phase run at the same time; phases run one after the other. */
export interface Phase {
  readonly name: string
  readonly terms: readonly Term[]
  /** The longest of its terms; `null` when one has no bound. */
  readonly seconds: number | null
}

export interface RecoveryTime {
  readonly objectiveSeconds: number
  readonly seconds: number | null
  readonly isMet: boolean
  readonly phases: readonly Phase[]
}

export interface Recovery {
  readonly environment: string
  readonly profile: string
  /** What is lost: the primary region where there are others, a zone where there is one. */
  readonly fault: 'region' | 'zone'
  readonly clusters: number
  /** Without a standby nothing is promised: such an environment is restored from its backups. */
  readonly hasObjective: boolean
  readonly read: RecoveryTime
  readonly write: RecoveryTime
  /** Replication is asynchronous and its lag is watched, not bounded: an alarm tells when the objective does not hold. */
  readonly recoveryPoint: { readonly objectiveSeconds: number; readonly alarm: string | null; readonly source: string }
  readonly isMet: boolean
}

/**
 * How long an environment takes to read and to write again after its largest fault, from its configuration alone. Seconds.
 * `order` is how its clusters change region; the plan that is deployed does all at once.
 */
export function recoveryOf(state: EnvironmentState, order: FailoverOrder = 'parallel'): Recovery {
  const { name, environment } = state
  const hasOthers = regionsOf(state).replicas.length > 0
  const hasObjective = profileOf(environment).database.kind === 'aurora'
  const { read, write } = hasOthers ? afterRegion(state, order) : hasObjective ? afterZone() : afterRestore()
  const times = { read: timeOf(objectives.read, read), write: timeOf(objectives.write, write) }
  return {
    environment: name,
    profile: environment.topology.profile,
    fault: hasOthers ? 'region' : 'zone',
    clusters: environment.topology.physicalClusters,
    hasObjective,
    ...times,
    recoveryPoint: {
      objectiveSeconds: objectives.recoveryPoint,
      alarm: hasOthers ? replicationAlarm(name, 0).replace(/-0$/, '-*') : null,
      source: hasOthers
        ? 'CloudWatch: AuroraGlobalDBRPOLag of every Global Database'
        : hasObjective
          ? 'Aurora: storage is shared over three zones, a failover in the region loses nothing that was committed'
          : 'RDS: transaction logs are kept every five minutes, so a restore may lose as much',
    },
    isMet: times.read.isMet && times.write.isMet,
  }
}

/** The alarm that a Global Database lags behind by more than the objective. */
export const replicationAlarm = (environment: string, cluster: number): string =>
  names.alarm(environment, 'database', `replication-${cluster}`)

interface Paths {
  readonly read: readonly Phase[]
  readonly write: readonly Phase[]
}

/** One region: tasks and readers stand in other zones already; databases fail over by themselves. */
function afterZone(): Paths {
  const path = [
    phase('notice and fail over', terms.probe, terms.clusterFailover),
    phase('connect again', terms.databaseDns, terms.pools),
  ]
  return { read: path, write: path }
}

/** One instance in one zone: people make another one from its backups. */
function afterRestore(): Paths {
  const path = [phase('notice', terms.probe), phase('restore', terms.restore)]
  return { read: path, write: path }
}

/**
 * Several regions: the others read all the time, and CloudFront finds them by itself. Writes wait for people, who are told by an alarm and
 * start the Region switch plan: its databases first, then the name for writes. Without CloudFront reads go the way of writes.
 */
function afterRegion(state: EnvironmentState, order: FailoverOrder): Paths {
  const failovers = failoverWaves(state, order).map((clusters) =>
    phase(
      `fail over ${clusters.length === 1 ? `cluster ${clusters[0]}` : `${clusters.length} clusters at once`}`,
      terms.globalFailover,
    ),
  )
  const write = [
    phase('notice', terms.notice),
    phase('decide', terms.decision),
    ...failovers,
    ...(namesOf(state)
      ? [
          phase('turn the name for writes', terms.turn),
          phase('find the region, connect again', terms.writesDns, terms.databaseDns, terms.pools),
        ]
      : [phase('find the region', terms.noDns)]),
  ]
  return {
    read: hasDistribution(state)
      ? [phase('another origin', terms.originFailover), phase('read there', terms.replicaReads)]
      : write,
    write,
  }
}

function phase(name: string, ...own: readonly Term[]): Phase {
  const seconds = own.map((term) => term.seconds)
  return { name, terms: own, seconds: seconds.some((one) => one == null) ? null : Math.max(...seconds.map(Number)) }
}

function timeOf(objectiveSeconds: number, phases: readonly Phase[]): RecoveryTime {
  const isBounded = phases.every(({ seconds }) => seconds != null)
  const seconds = isBounded ? phases.reduce((sum, one) => sum + Number(one.seconds), 0) : null
  return { objectiveSeconds, seconds, isMet: seconds != null && seconds <= objectiveSeconds, phases }
}
