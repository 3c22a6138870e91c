import { CfnDeletionPolicy } from 'aws-cdk-lib'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import type { DatabaseProfile } from '../topology/profiles.ts'
import { backupDays, databaseName, engineVersion, masterUsername, type Database, type DatabasePlace } from './engine.ts'

/** All logical shards in one RDS instance, as schemas: what the small profiles can pay for. RDS keeps and rotates its password. */
export function addInstance(
  scope: Construct,
  identifier: string,
  place: DatabasePlace,
  { instanceClass, storageGb }: Extract<DatabaseProfile, { kind: 'instance' }>,
): Database {
  const logs = new CfnLogGroup(scope, 'InstanceLogs', {
    logGroupName: `/aws/rds/instance/${identifier}/postgresql`,
    retentionInDays: place.logDays,
    kmsKeyId: place.keyArn,
  })
  const instance = new CfnDBInstance(scope, 'Instance', {
    dbInstanceIdentifier: identifier,
    engine: 'postgres',
    engineVersion,
    dbInstanceClass: instanceClass,
    allocatedStorage: String(storageGb),
    storageType: 'gp3',
    storageEncrypted: true,
    kmsKeyId: place.keyArn,
    dbName: databaseName,
    masterUsername,
    manageMasterUserPassword: true,
    masterUserSecret: { kmsKeyId: place.keyArn },
    dbSubnetGroupName: place.subnetGroupName,
    dbParameterGroupName: place.parameterGroupName,
    vpcSecurityGroups: [place.securityGroupId],
    publiclyAccessible: false,
    multiAz: false,
    backupRetentionPeriod: backupDays,
    deleteAutomatedBackups: false,
    copyTagsToSnapshot: true,
    deletionProtection: place.isProtected,
    enableCloudwatchLogsExports: ['postgresql'],
    autoMinorVersionUpgrade: false,
  })
  instance.addResourceDependency(logs)
  instance.cfnOptions.deletionPolicy = instance.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.SNAPSHOT
  return { host: instance.attrEndpointAddress, secretId: instance.attrMasterUserSecretSecretArn }
}
