import type { Charge, TemplateResource } from '../resources.ts'
import { count, monthHours, number, text, type Rate } from './terms.ts'

/** How what is kept is billed, with its keys and secrets. */
export const dataRates: Readonly<Record<string, Rate>> = {
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
