import { healthAlarmSeconds, healthCheck, origin, writesTtlSeconds } from '../edge/timing.ts'
import { probe } from '../service/health.ts'

/** One thing that takes time, and who says how much. `null`: nothing bounds it, so no objective holds. */
export interface Term {
  readonly name: string
  readonly seconds: number | null
  /** What a reader is told where there are no seconds. */
  readonly words?: string
  readonly source: string
}

/** Everything that takes time between a fault and the first answer after it, where the sum of it comes from. */
export const terms = {
  originFailover: {
    name: 'origin failover',
    seconds: origin.attempts * (origin.connectSeconds + origin.responseSeconds),
    source: `CloudFront origin group: ${origin.attempts} attempts of ${origin.connectSeconds} s to connect and ${origin.responseSeconds} s to answer (infra/lib/edge/timing.ts); GET, HEAD and OPTIONS alone`,
  },
  replicaReads: {
    name: 'reads of a replica',
    seconds: 0,
    source:
      'Aurora: members of a Global Database answer reads all the time; the registry reads from one as it stands (app/test/faults/replica.long.ts)',
  },
  notice: {
    name: 'health check and alarm',
    seconds: healthCheck.intervalSeconds * healthCheck.failures + healthAlarmSeconds,
    source: `Route 53: ${healthCheck.failures} failures ${healthCheck.intervalSeconds} s apart, and CloudWatch's ${healthAlarmSeconds} s of it (infra/lib/edge/nearness.ts); in us-east-1, whose own loss people learn of from elsewhere`,
  },
  turn: {
    name: 'health checks of the plan',
    seconds: 10,
    source: 'ARC turns them on the data plane of Route 53; ten seconds assumed until a drill measures it',
  },
  writesDns: {
    name: 'DNS time to live',
    seconds: writesTtlSeconds,
    source: 'Route 53: the records of the name for writes (infra/lib/recovery/write-names.ts)',
  },
  noDns: {
    name: 'DNS',
    seconds: null,
    source: 'environment.yaml: without edge.domain and edge.hostedZoneId nothing leads clients to another region',
  },
  probe: {
    name: 'detection',
    seconds: probe.intervalSeconds * probe.unhealthyCount,
    source: `load balancer: ${probe.unhealthyCount} failures ${probe.intervalSeconds} s apart (infra/lib/service/health.ts)`,
  },
  decision: {
    name: 'decision',
    seconds: 60,
    source: 'an assumption until a drill measures it: who is paged starts the Region switch plan within a minute',
  },
  clusterFailover: {
    name: 'Aurora failover in the region',
    seconds: 30,
    source:
      'Aurora FAQ: with a reader in another zone a failover typically completes within 30 s; every cluster by itself',
  },
  globalFailover: {
    name: 'Aurora global failover of one wave',
    seconds: 120,
    source:
      'Aurora guide, "Using switchover or failover in Aurora Global Database": in the order of minutes; two assumed',
  },
  restore: {
    name: 'restore from backup',
    seconds: null,
    words: 'hours',
    source:
      'infra/lib/topology/profiles.ts: a single instance has no standby. RDS guide, "Restoring a DB instance to a specified time": a new instance from a snapshot and its logs, as long as they are large; no published bound (docs/runbooks/one-shard-lost.md)',
  },
  databaseDns: {
    name: 'database DNS',
    seconds: 5,
    source: 'Aurora: the endpoints live for 5 s in DNS',
  },
  pools: {
    name: 'connection pools',
    seconds: 15,
    source:
      'app: a kept connection to a host that vanished without a word is given up 15 s after the last question on it, a new one 10 s after it was begun (app/src/shards/pools.ts); then a pool connects again',
  },
} satisfies Readonly<Record<string, Term>>
