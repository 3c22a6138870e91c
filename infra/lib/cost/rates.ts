import type { Usage } from './prices.ts'
import type { Charge, TemplateResource } from './resources.ts'
import { fargateCharges } from './fargate.ts'

/** What a price needs beside the resource itself. */
export interface RateContext {
  readonly usage: Usage
  /** Zones of the profile: how many addresses a public load balancer has. */
  readonly zones: number
}

export type Rate = (resource: TemplateResource, context: RateContext) => readonly Charge[]

/** AWS bills months by the hour; its own calculator counts this many. */
export const monthHours = 730

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))
const count = (value: unknown, otherwise: number): number => (Array.isArray(value) ? value.length : otherwise)
const number = (value: unknown, otherwise: number): number => (value == null ? otherwise : Number(value))

/** How every billable type that this repository's stacks have is billed. */
export const rates: Readonly<Record<string, Rate>> = {
  'AWS::ECS::Cluster': (cluster) => insights(cluster, 8),
  'AWS::ECS::Service': (service) => [
    ...fargateCharges(service),
    ...service.neighbours.filter(({ type }) => type === 'AWS::ECS::Cluster').flatMap((one) => insights(one, 17)),
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties }, { usage, zones }) => [
    { item: 'load balancer', category: 'load balancing', price: 'alb.hour', quantity: monthHours },
    {
      item: 'load balancer traffic',
      category: 'load balancing',
      price: 'alb.lcu',
      quantity: usage.lcus * monthHours,
    },
    ...(properties['Scheme'] === 'internal'
      ? []
      : [
          {
            item: 'addresses of the load balancer',
            category: 'addresses' as const,
            price: 'ipv4',
            quantity: count(properties['Subnets'], zones) * monthHours,
          },
        ]),
  ],
  'AWS::EC2::NatGateway': (_, { usage }) => [
    { item: 'NAT gateway', category: 'NAT', price: 'nat.hour', quantity: monthHours },
    { item: 'NAT traffic', category: 'NAT', price: 'nat.gb', quantity: usage.natGb },
  ],
  'AWS::EC2::EIP': () => [{ item: 'elastic address', category: 'addresses', price: 'ipv4', quantity: monthHours }],
  'AWS::EC2::VPCEndpoint': ({ properties }, { usage, zones }) =>
    properties['VpcEndpointType'] === 'Interface'
      ? [
          {
            item: 'interface endpoint',
            category: 'endpoints',
            price: 'endpoint.hour',
            quantity: count(properties['SubnetIds'], zones) * monthHours,
          },
          { item: 'endpoint traffic', category: 'endpoints', price: 'endpoint.gb', quantity: usage.endpointGb },
        ]
      : [],
  'AWS::RDS::DBCluster': ({ properties }, { usage }) => [
    { item: 'cluster storage', category: 'database', price: 'aurora.storage', quantity: usage.databaseGb },
    { item: 'cluster requests', category: 'database', price: 'aurora.io', quantity: usage.databaseMillionRequests },
    ...managedSecret(properties),
  ],
  'AWS::RDS::DBInstance': ({ properties, neighbours }, { usage }) => {
    const kind = text(properties['DBInstanceClass'])
    if (kind === 'db.serverless') {
      const minimum = Math.max(0, ...neighbours.filter(({ type }) => type === 'AWS::RDS::DBCluster').map(minimumAcu))
      const acu = Math.max(minimum, usage.averageAcu)
      return [{ item: `${acu} ACU instance`, category: 'database', price: 'aurora.acu', quantity: acu * monthHours }]
    }
    const copies = properties['MultiAZ'] === true ? 2 : 1
    return [
      { item: `${kind} instance`, category: 'database', price: `rds.${kind}`, quantity: copies * monthHours },
      ...(properties['DBClusterIdentifier'] == null
        ? [
            {
              item: 'instance storage',
              category: 'database' as const,
              price: 'rds.gp3',
              quantity: copies * number(properties['AllocatedStorage'], 0),
            },
          ]
        : []),
      ...managedSecret(properties),
    ]
  },
  'AWS::RDS::GlobalCluster': (_, { usage }) => [
    {
      item: 'replicated writes',
      category: 'database',
      price: 'aurora.replicated-writes',
      quantity: usage.databaseMillionRequests,
    },
  ],
  // Eight capacity units are billed for a proxy of Serverless v2 however small its cluster is.
  'AWS::RDS::DBProxy': () => [
    { item: 'database proxy', category: 'database', price: 'rds.proxy', quantity: 8 * monthHours },
  ],
  'AWS::DynamoDB::GlobalTable': ({ properties }) => {
    const replicas = count(properties['Replicas'], 1)
    return [
      { item: 'slot table storage', category: 'database', price: 'dynamodb.gb', quantity: 0.01 * replicas },
      { item: 'slot table reads', category: 'database', price: 'dynamodb.reads', quantity: 1 },
      { item: 'slot table writes', category: 'database', price: 'dynamodb.writes', quantity: 0.01 * replicas },
    ]
  },
  'AWS::ElastiCache::ServerlessCache': (_, { usage }) => [
    {
      item: 'serverless cache',
      category: 'cache',
      price: 'cache.serverless.gb',
      quantity: Math.max(0.1, usage.cacheGb) * monthHours,
    },
    { item: 'cache calls', category: 'cache', price: 'cache.serverless.ecpu', quantity: usage.cacheMillionEcpu },
  ],
  'AWS::ElastiCache::ReplicationGroup': ({ properties, neighbours }) => {
    const nodes = number(properties['NumNodeGroups'], 1) * (1 + number(properties['ReplicasPerNodeGroup'], 0))
    // A secondary takes its node type from the Global Datastore: the sizes that one may have begin at this one.
    const joined = neighbours.find(({ type }) => type === 'AWS::ElastiCache::GlobalReplicationGroup')
    const type = text(properties['CacheNodeType'] ?? joined?.properties['CacheNodeType'] ?? 'cache.m7g.large')
    return [{ item: `${type} node`, category: 'cache', price: type, quantity: nodes * monthHours }]
  },
  'AWS::KMS::Key': () => [{ item: 'key', category: 'keys and secrets', price: 'kms.key', quantity: 1 }],
  'AWS::KMS::ReplicaKey': () => [{ item: 'key', category: 'keys and secrets', price: 'kms.key', quantity: 1 }],
  'AWS::SecretsManager::Secret': ({ properties }) => [
    {
      item: 'secret',
      category: 'keys and secrets',
      price: 'secret',
      quantity: 1 + count(properties['ReplicaRegions'], 0),
    },
  ],
  'AWS::Logs::LogGroup': ({ properties }, { usage }) => {
    const isTask = text(properties['LogGroupName']).startsWith('/sluice/')
    return [
      {
        item: isTask ? 'logs of services and traffic' : 'other logs',
        category: 'monitoring',
        price: 'logs.gb',
        quantity: isTask ? usage.taskLogGb : usage.otherLogGb,
      },
    ]
  },
  'AWS::CloudWatch::Alarm': ({ properties }) => [
    {
      item: 'alarm',
      category: 'monitoring',
      price: 'alarm',
      quantity: Math.max(1, list(properties['Metrics']).filter((metric) => 'MetricStat' in metric).length),
    },
  ],
  'AWS::CloudWatch::CompositeAlarm': () => [
    { item: 'composite alarm', category: 'monitoring', price: 'alarm.composite', quantity: 1 },
  ],
  'AWS::CloudWatch::Dashboard': () => [{ item: 'dashboard', category: 'monitoring', price: 'dashboard', quantity: 1 }],
  'AWS::ApplicationSignals::ServiceLevelObjective': (_, { usage }) => [
    { item: 'service level objective', category: 'monitoring', price: 'slo', quantity: usage.millionRequests },
  ],
  'AWS::Route53::HostedZone': () => [{ item: 'hosted zone', category: 'DNS', price: 'dns.zone', quantity: 1 }],
  'AWS::Route53::HealthCheck': ({ properties }) => {
    const config = (properties['HealthCheckConfig'] ?? {}) as Record<string, unknown>
    const options = [
      config['RequestInterval'] === 10,
      config['MeasureLatency'] === true,
      text(config['Type']).startsWith('HTTPS'),
      config['SearchString'] != null,
    ].filter(Boolean).length
    return [
      { item: 'health check', category: 'DNS', price: 'dns.check', quantity: 1 },
      { item: 'options of health checks', category: 'DNS', price: 'dns.check-option', quantity: options },
    ]
  },
  'AWS::CloudFront::Distribution': (_, { usage }) => [
    { item: 'edge traffic', category: 'edge', price: 'cdn.gb', quantity: usage.cdnGb },
    { item: 'edge requests', category: 'edge', price: 'cdn.requests', quantity: usage.millionRequests },
  ],
  'AWS::CloudFront::Function': (_, { usage }) => [
    { item: 'edge function calls', category: 'edge', price: 'cdn.function', quantity: usage.millionRequests },
  ],
  'AWS::WAFv2::WebACL': ({ properties }, { usage }) => [
    { item: 'firewall', category: 'edge', price: 'waf.acl', quantity: 1 },
    { item: 'firewall rules', category: 'edge', price: 'waf.rule', quantity: count(properties['Rules'], 0) },
    { item: 'requests through the firewall', category: 'edge', price: 'waf.requests', quantity: usage.millionRequests },
  ],
  'AWS::S3::Bucket': ({ properties }, { usage }) => [
    { item: 'objects', category: 'storage', price: 's3.gb', quantity: usage.artifactGb },
    ...(properties['ReplicationConfiguration'] == null
      ? []
      : [
          {
            item: 'replication of objects',
            category: 'transfer' as const,
            price: 'transfer.regions',
            quantity: usage.replicatedGb,
          },
          { item: 'replication in time', category: 'transfer' as const, price: 's3.rtc', quantity: usage.replicatedGb },
        ]),
  ],
  'AWS::ECR::Repository': (_, { usage }) => [
    { item: 'images', category: 'storage', price: 'ecr.gb', quantity: usage.imageGb },
  ],
  'AWS::ARCRegionSwitch::Plan': () => [
    { item: 'Region switch plan', category: 'recovery', price: 'region-switch.plan', quantity: 1 },
  ],
  // What is called on schedules: a rotation is four calls a month.
  'AWS::Lambda::Function': () => [{ item: 'function calls', category: 'compute', price: 'lambda', quantity: 0.001 }],
}

/**
 * Container Insights bills its metrics as custom ones: 8 a cluster, 11 a service and 6 a task definition family (CloudWatch's
 * pricing page: examples; from memory).
 */
function insights({ properties }: TemplateResource, quantity: number): Charge[] {
  const isOn = list(properties['ClusterSettings']).some(
    (setting) => 'Value' in setting && ['enabled', 'enhanced'].includes(String(setting.Value)),
  )
  return isOn ? [{ item: 'Container Insights', category: 'monitoring', price: 'metric', quantity }] : []
}

/** RDS keeps a password that it manages itself in a secret, which is billed as any other. */
function managedSecret(properties: Readonly<Record<string, unknown>>): Charge[] {
  return properties['ManageMasterUserPassword'] === true
    ? [{ item: 'secret', category: 'keys and secrets', price: 'secret', quantity: 1 }]
    : []
}

function minimumAcu({ properties }: TemplateResource): number {
  const scaling = properties['ServerlessV2ScalingConfiguration'] as { MinCapacity?: number } | undefined
  return scaling?.MinCapacity ?? 0
}

function list(value: unknown): object[] {
  return Array.isArray(value) ? (value as object[]) : []
}
