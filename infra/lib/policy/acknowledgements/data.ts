import type { Acknowledgement } from '../judge-findings.ts'
import { gap, stays } from './terms.ts'

/** Findings of what is kept. */
export const dataFindings: readonly Acknowledgement[] = [
  // Data
  stays('AwsSolutions-RDS11', '*/data/*', 'an unusual port hides nothing from who is let in: only the tasks’ group is'),
  stays(
    'AwsSolutions-RDS6',
    '*/data/*',
    'the service signs in with a secret that rotates; tokens of 15 minutes would break its pool',
  ),
  stays('AwsSolutions-RDS3', '*/data/Instance', 'the small profiles have one instance: what they may cost decides'),
  stays(
    'NIST.800.53.R5-RDSMultiAZSupport',
    '*/data/Instance',
    'the small profiles have one instance: what they may cost decides',
  ),
  stays('AwsSolutions-RDS10', '*/data/Instance', 'environments that are made to be thrown away; prod is protected'),
  stays(
    'NIST.800.53.R5-RDSInstanceDeletionProtectionEnabled',
    '*/data/Instance',
    'environments that are made to be thrown away; prod is protected',
  ),
  stays(
    'NIST.800.53.R5-RDSEnhancedMonitoringEnabled',
    '*/data/Instance',
    'the small profiles have the standard metrics: what they may cost decides',
  ),
  stays(
    'NIST.800.53.R5-RDSInBackupPlan',
    '*/data/*',
    'backups are the database’s own: 14 days, to any second, and kept when the database is deleted',
  ),
  stays(
    'NIST.800.53.R5-RDSLoggingEnabled*',
    '*/data/Instance',
    'an upgrade is done by a stack update, which keeps its own log',
  ),
  stays(
    'AwsSolutions-IAM5[Resource::*]',
    '*/data/RotationRole',
    'a random password has no name, and what is denied about network interfaces is denied for all of them; the secrets are named (test: data stack)',
  ),
  stays(
    'NIST.800.53.R5-LambdaConcurrency',
    '*/data/Rotation',
    'Secrets Manager alone calls it, four times a month for a cluster; a reservation is refused by accounts that are new, whose limit is ten',
  ),
  stays(
    'NIST.800.53.R5-LambdaDLQ',
    '*/data/Rotation',
    'Secrets Manager calls again after a failure, with an event that it makes anew; an alarm tells people (test: observability)',
  ),
  gap(
    'AwsSolutions-SMG4',
    '*',
    'addresses made of another secret, or a password that two sides have to change together: changed by a deployment, on no schedule',
  ),
  stays(
    'NIST.800.53.R5-SecretsManagerRotationEnabled',
    '*',
    'the same secrets as AwsSolutions-SMG4, for the same reason',
  ),
  // Cache
  stays(
    'AwsSolutions-AEC6',
    '*/cache/Cache',
    'users and groups (RBAC) sign in, which AUTH’s one password is older than',
  ),
  stays(
    'NIST.800.53.R5-ElastiCacheRedisClusterAutomaticBackup',
    '*/cache/Cache',
    'a cache: what it holds is made again from the database',
  ),
  stays(
    'AwsSolutions-AEC5',
    '*/cache/Cache',
    'an unusual port hides nothing from who is let in: only the tasks’ group is',
  ),
  // Storage
  stays(
    'AwsSolutions-IAM5*',
    '*/storage/Replication',
    'every object of two named buckets, and their keys, which S3 alone may use for them',
  ),
  stays(
    'AwsSolutions-S10',
    '*/storage/*',
    'the policies deny what is not TLS 1.2; the rule cannot follow a bucket’s name',
  ),
  stays(
    'NIST.800.53.R5-S3BucketSSLRequestsOnly',
    '*/storage/*',
    'the policies deny what is not TLS 1.2; the rule cannot follow a bucket’s name',
  ),
  stays(
    'NIST.800.53.R5-S3BucketReplicationEnabled',
    '*/storage/*',
    'replicas are where other regions are: an environment of one region, a replica itself, and access logs have none',
  ),
  stays(
    'NIST.800.53.R5-S3DefaultEncryptionKMS',
    '*/storage/Logs',
    'access logs can only be delivered to a bucket with S3’s own key',
  ),
]
