import { CfnDeletionPolicy } from 'aws-cdk-lib'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import type { DatabaseProfile } from '../topology/profiles.ts'
import { backupDays, databaseName, engineVersion, masterUsername, type DatabasePlace } from './engine.ts'

/**
 * What a cluster is: on its own, with a password that RDS keeps and rotates; the primary of a Global Database, whose password
 * this stack keeps (RDS refuses to manage it there); or a member of one in another region, which has no writer and no password.
 */
export type ClusterRole =
  | { readonly kind: 'alone' }
  | { readonly kind: 'primary'; readonly globalIdentifier: string; readonly password: string }
  | { readonly kind: 'secondary'; readonly globalIdentifier: string; readonly sourceRegion: string }

/** An Aurora cluster with its instances. */
export interface Cluster {
  readonly cluster: CfnDBCluster
  readonly instances: readonly CfnDBInstance[]
}

/** One physical cluster: Serverless v2 instances, one of them the writer unless the cluster is a secondary. */
export function addCluster(
  scope: Construct,
  id: string,
  identifier: string,
  place: DatabasePlace & { readonly monitoringRoleArn: string },
  role: ClusterRole,
  { minimumAcu, maximumAcu, readers, replicas }: Extract<DatabaseProfile, { kind: 'aurora' }>,
): Cluster {
  const logs = new CfnLogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/rds/cluster/${identifier}/postgresql`,
    retentionInDays: place.logDays,
    kmsKeyId: place.keyArn,
  })
  const cluster = new CfnDBCluster(scope, id, {
    dbClusterIdentifier: identifier,
    engine: 'aurora-postgresql',
    engineVersion,
    storageEncrypted: true,
    kmsKeyId: place.keyArn,
    dbSubnetGroupName: place.subnetGroupName,
    dbClusterParameterGroupName: place.parameterGroupName,
    vpcSecurityGroupIds: [place.securityGroupId],
    serverlessV2ScalingConfiguration: { minCapacity: minimumAcu, maxCapacity: maximumAcu },
    backupRetentionPeriod: backupDays,
    deleteAutomatedBackups: false,
    copyTagsToSnapshot: true,
    deletionProtection: place.isProtected,
    enableCloudwatchLogsExports: ['postgresql'],
    ...credentials(role, place.keyArn),
  })
  cluster.addResourceDependency(logs)
  cluster.cfnOptions.deletionPolicy = cluster.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.SNAPSHOT
  const count = role.kind === 'secondary' ? replicas : 1 + readers.minimum
  const instances = Array.from({ length: count }, (_, index) => {
    const instance = new CfnDBInstance(scope, `${id}Instance${index}`, {
      dbInstanceIdentifier: `${identifier}-${index}`,
      dbClusterIdentifier: cluster.ref,
      engine: 'aurora-postgresql',
      dbInstanceClass: 'db.serverless',
      publiclyAccessible: false,
      // Tiers 0 and 1 scale with the writer, so that a failover meets an instance of the same size (AWS: Serverless v2).
      promotionTier: Math.min(index, 1),
      autoMinorVersionUpgrade: false,
      enablePerformanceInsights: true,
      performanceInsightsKmsKeyId: place.keyArn,
      performanceInsightsRetentionPeriod: 7,
      monitoringInterval: 60,
      monitoringRoleArn: place.monitoringRoleArn,
    })
    return instance
  })
  // One after the other: the first instance of a cluster is its writer.
  for (const [index, instance] of instances.entries()) {
    const before = instances[index - 1]
    if (before) instance.addResourceDependency(before)
  }
  return { cluster, instances }
}

function credentials(role: ClusterRole, keyArn: string) {
  switch (role.kind) {
    case 'alone':
      return {
        databaseName,
        masterUsername,
        manageMasterUserPassword: true,
        masterUserSecret: { kmsKeyId: keyArn },
      }
    case 'primary':
      return {
        databaseName,
        masterUsername,
        masterUserPassword: role.password,
        globalClusterIdentifier: role.globalIdentifier,
      }
    case 'secondary':
      // No write forwarding: what it forwards not (LISTEN, sequences, functions) would leave writes half working (docs/adr/0005).
      return { globalClusterIdentifier: role.globalIdentifier, sourceRegion: role.sourceRegion }
  }
}
