import { CfnParameter, CfnDeletionPolicy } from 'aws-cdk-lib'
import { CfnGlobalReplicationGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import type { CacheProfile } from '../topology/profiles.ts'

/** The engine of every cache; Global Datastore wants its members equal. */
const engineVersion = '8.0'

/**
 * What ElastiCache puts before the name of a Global Datastore, by the region that it was made in. AWS publishes the list on "Using the
 * AWS CLI with global datastores"; these are seen in its examples. For another primary the deployment asks for the parameter.
 */
const globalPrefixes: Readonly<Record<string, string>> = { 'us-east-1': 'ldgnf', 'us-west-2': 'sgaui' }

export interface CachePlace {
  readonly environment: string
  readonly keyArn: string
  readonly subnets: string[]
  readonly securityGroupId: string
  readonly userGroupId: string
  readonly region: string
  readonly primary: string
  readonly replicas: readonly string[]
}

/** A replication group over several zones, TLS and passwords only. Gives the host that writes. */
export function addNodes(
  scope: Construct,
  place: CachePlace,
  { nodeType, replicas, global }: Extract<CacheProfile, { kind: 'nodes' }>,
): string {
  const { environment, keyArn, region, primary } = place
  const isJoined = global && place.replicas.length > 0
  const isSecondary = isJoined && region !== primary
  const subnetGroup = new CfnSubnetGroup(scope, 'Subnets', {
    description: `Cache of ${environment}`,
    cacheSubnetGroupName: names.cache(environment),
    subnetIds: place.subnets,
  })
  const group = new CfnReplicationGroup(scope, 'Cache', {
    replicationGroupId: names.cache(environment),
    replicationGroupDescription: `Cache of ${environment}`,
    // A secondary takes engine, version, size and shards from the Global Datastore, and refuses its own.
    ...(isSecondary
      ? { globalReplicationGroupId: globalId(scope, environment, primary) }
      : { engine: 'valkey', engineVersion, cacheNodeType: nodeType, transitEncryptionMode: 'required' }),
    numNodeGroups: 1,
    replicasPerNodeGroup: replicas,
    automaticFailoverEnabled: replicas > 0,
    multiAzEnabled: replicas > 0,
    port: 6379,
    cacheSubnetGroupName: subnetGroup.ref,
    securityGroupIds: [place.securityGroupId],
    userGroupIds: [place.userGroupId],
    transitEncryptionEnabled: true,
    atRestEncryptionEnabled: true,
    kmsKeyId: keyArn,
    snapshotRetentionLimit: 1,
    autoMinorVersionUpgrade: !isJoined,
  })
  group.cfnOptions.deletionPolicy = group.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE
  if (isJoined && !isSecondary) {
    new CfnGlobalReplicationGroup(scope, 'Global', {
      globalReplicationGroupIdSuffix: names.cache(environment),
      globalReplicationGroupDescription: `Cache of ${environment} in every region`,
      automaticFailoverEnabled: true,
      members: [{ replicationGroupId: group.ref, replicationGroupRegion: region, role: 'PRIMARY' }],
    })
  }
  return group.attrPrimaryEndPointAddress
}

function globalId(scope: Construct, environment: string, primary: string): string {
  const prefix = globalPrefixes[primary]
  return new CfnParameter(scope, 'GlobalDatastoreId', {
    type: 'String',
    description: `The id of the Global Datastore that was made in ${primary}: its prefix, a dash, ${names.cache(environment)}`,
    ...(prefix == null ? {} : { default: `${prefix}-${names.cache(environment)}` }),
  }).valueAsString
}
