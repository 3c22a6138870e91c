import type { Environment } from '@sluice/core/environment/environment'

/** The database behind the shards. Sizes in Aurora capacity units (ACU: about 2 GiB of memory) or an instance class. */
export type DatabaseProfile =
  | {
      /** One small RDS instance: the cheapest that is always awake. It cannot be a member of a Global Database. */
      readonly kind: 'instance'
      readonly instanceClass: string
      readonly storageGb: number
    }
  | {
      readonly kind: 'aurora'
      readonly minimumAcu: number
      readonly maximumAcu: number
      /** Readers beside the primary's writer. */
      readonly readers: { readonly minimum: number; readonly maximum: number }
      /**
       * Instances of a cluster in every other region. One: the address of the readers leads to it before a takeover and after, when it
       * is the writer. With more of them that address would lead past the writer (Aurora: reader endpoint).
       */
      readonly replicas: 1
    }

export type CacheProfile =
  | { readonly kind: 'none' }
  | { readonly kind: 'serverless'; readonly maximumGb: number; readonly maximumEcpuPerSecond: number }
  | { readonly kind: 'nodes'; readonly nodeType: string; readonly replicas: number; readonly global: boolean }

/** What an environment gets of everything: the one place that money and availability are weighed against each other. */
export interface Profile {
  /** How many regions an environment of this profile may name. */
  readonly regions: { readonly minimum: number; readonly maximum: number }
  /** Zones that the load balancer and tasks use; a zone of a public load balancer costs a public address. */
  readonly zones: 2 | 3
  /** Without one, tasks stand in public subnets with addresses of their own, closed to all but the load balancer. */
  readonly nat: 'none' | 'one' | 'per-zone'
  /** Interface endpoints (each costs by the hour and zone); the gateway endpoints of S3 and DynamoDB are free and always there. */
  readonly endpoints: readonly string[]
  readonly flowLogs: { readonly traffic: 'REJECT' | 'ALL'; readonly retentionDays: number }
  readonly database: DatabaseProfile
  /** RDS Proxy bills at least 8 ACU a cluster with Serverless v2: more than the cluster itself when it is quiet. */
  readonly databaseProxy: boolean
  readonly cache: CacheProfile
  readonly edge: { readonly distribution: boolean; readonly firewall: boolean }
  /** Container Insights: metrics of every task and service, each billed as one of our own. */
  readonly containerInsights: boolean
  /** The OpenTelemetry collector beside every task. */
  readonly collector: boolean
  /** Tasks on spare capacity: about a third of the price, and two minutes' notice. */
  readonly spot: boolean
}

/**
 * The four profiles. What they may cost a month (USD, us-east-1, research of 2026-11): free 47, dev 57, production 340; `sluice
 * cost` prices the templates and names what goes beyond.
 */
export const profiles: Readonly<Record<Environment['topology']['profile'], Profile>> = {
  free: {
    regions: { minimum: 1, maximum: 1 },
    zones: 2,
    nat: 'none',
    endpoints: [],
    flowLogs: { traffic: 'REJECT', retentionDays: 7 },
    database: { kind: 'instance', instanceClass: 'db.t4g.micro', storageGb: 20 },
    databaseProxy: false,
    cache: { kind: 'none' },
    edge: { distribution: false, firewall: false },
    containerInsights: false,
    collector: false,
    spot: true,
  },
  dev: {
    regions: { minimum: 1, maximum: 1 },
    zones: 2,
    nat: 'none',
    endpoints: [],
    flowLogs: { traffic: 'REJECT', retentionDays: 14 },
    database: { kind: 'instance', instanceClass: 'db.t4g.micro', storageGb: 20 },
    databaseProxy: false,
    cache: { kind: 'serverless', maximumGb: 1, maximumEcpuPerSecond: 1000 },
    edge: { distribution: false, firewall: false },
    containerInsights: false,
    collector: false,
    spot: true,
  },
  production: {
    regions: { minimum: 1, maximum: 3 },
    zones: 3,
    nat: 'one',
    endpoints: [],
    flowLogs: { traffic: 'ALL', retentionDays: 90 },
    database: {
      kind: 'aurora',
      minimumAcu: 0.5,
      maximumAcu: 8,
      readers: { minimum: 1, maximum: 3 },
      replicas: 1,
    },
    databaseProxy: false,
    cache: { kind: 'nodes', nodeType: 'cache.t4g.micro', replicas: 1, global: false },
    edge: { distribution: true, firewall: true },
    containerInsights: true,
    collector: false,
    spot: false,
  },
  global: {
    // Global Datastore takes a primary and at most two other regions; Aurora Global Database would take more.
    regions: { minimum: 2, maximum: 3 },
    zones: 3,
    nat: 'per-zone',
    endpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'],
    flowLogs: { traffic: 'ALL', retentionDays: 365 },
    database: {
      kind: 'aurora',
      minimumAcu: 0.5,
      maximumAcu: 64,
      readers: { minimum: 1, maximum: 5 },
      replicas: 1,
    },
    databaseProxy: true,
    // Global Datastore: M5 and R5 generation or later, "large" and up; no serverless, no burstable nodes (AWS: prerequisites).
    cache: { kind: 'nodes', nodeType: 'cache.m7g.large', replicas: 1, global: true },
    edge: { distribution: true, firewall: true },
    containerInsights: true,
    collector: true,
    spot: false,
  },
}

export function profileOf({ topology }: Pick<Environment, 'topology'>): Profile {
  return profiles[topology.profile]
}
