import type { Acknowledgement } from './judge-findings.ts'

const owner = '@acme/platform'
/** Decisions that stand while the design does: thought about again once a year. */
const yearly = '2027-11-21'
/** Gaps that are to be closed. */
const soon = '2027-05-21'

const stays = (rule: string, path: string, reason: string): Acknowledgement => ({
  rule,
  path,
  reason,
  owner,
  until: yearly,
})
const gap = (rule: string, path: string, reason: string): Acknowledgement => ({
  rule,
  path,
  reason,
  owner,
  until: soon,
})

/** Findings of AwsSolutions and NIST 800-53 R5 that stay, each with its reason. Unused and expired ones fail the check. */
export const acknowledgements: readonly Acknowledgement[] = [
  // Identity
  stays(
    'AwsSolutions-IAM5*',
    'shared/account/*',
    'a boundary and CloudFormation’s execution policies name the services of the stacks; names with the environment’s prefix bound what they reach, and the property tests refuse * on *',
  ),
  stays(
    'AwsSolutions-IAM5*',
    '*/identity/*',
    'listings that IAM can only grant on *, and task, deployment and revision ids that nobody knows before they exist; every other resource is named (test: Service Authorization Reference)',
  ),
  stays(
    'AwsSolutions-IAM5*',
    '*/service/*',
    'log streams and secret versions have ids of their own below a named resource',
  ),
  gap(
    'AwsSolutions-IAM5[Resource::arn:aws:cloudfront::*',
    '*/identity/*',
    'drift detection reads the distribution as a whole, and with it the word that load balancers know it by: that opens no account and no data, and is granted where there is a distribution (test: drift reading)',
  ),
  stays(
    'AwsSolutions-IAM4*',
    '*',
    'AWS keeps its service’s policy as the service grows; the role is passed to that service alone',
  ),
  stays(
    'NIST.800.53.R5-IAMNoInlinePolicy',
    '*',
    'an inline policy lives and dies with its one role; a managed one could be attached elsewhere',
  ),
  // Recovery
  stays(
    'AwsSolutions-IAM5*',
    '*/recovery/Execution',
    'plans have six characters of ARC’s own behind their names; listings, metrics, alarms and scalable targets are granted on * alone; what changes a writer or a service names it (test: recovery stack)',
  ),
  // Observability
  stays(
    'NIST.800.53.R5-CloudWatchAlarmAction',
    '*/observability/Slo-*',
    'the windows of a burn rate feed the composite alarm that tells people: one window alone is no reason to wake anybody (test: every alarm acts or feeds one that does)',
  ),
  // Network
  stays(
    'AwsSolutions-EC23',
    '*/network/LoadBalancerGroup',
    'the production listener is the public door; nothing else is open',
  ),
  stays(
    'AwsSolutions-VPC3',
    '*/network/*',
    'the access lists repeat by subnet what the security groups say, as a second lock',
  ),
  stays(
    'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW',
    '*/network/public*',
    'the load balancer’s subnets are public on purpose',
  ),
  stays(
    'NIST.800.53.R5-VPCDefaultSecurityGroupClosed',
    '*/network/Vpc',
    'CloudFormation cannot close it without a custom resource; no network interface is in it',
  ),
  // Edge
  stays(
    'AwsSolutions-CFR1',
    '*/edge/Distribution',
    'people and builds install packages from anywhere; who may read is a matter of tokens, not of countries',
  ),
  stays(
    'AwsSolutions-CFR3',
    '*/edge/Distribution',
    'requests are logged by CloudFront’s newer way, which the rule does not know: a delivery to the bucket of the same stack (test: who asked what)',
  ),
  stays('AwsSolutions-S1', '*/edge/Logs', 'the bucket of logs itself: logs of who reads logs have no end'),
  stays(
    'NIST.800.53.R5-S3BucketLoggingEnabled',
    '*/edge/Logs',
    'the bucket of logs itself: logs of who reads logs have no end',
  ),
  stays(
    'NIST.800.53.R5-S3BucketReplicationEnabled',
    '*/edge/Logs',
    'access logs have no replica anywhere: they are kept for a year to be searched, and nothing is restored from them',
  ),
  // Load balancer
  stays(
    'NIST.800.53.R5-ALBHttpToHttpsRedirection',
    '*/service/*',
    'with a certificate there is no HTTP listener at all; without one (first days, one machine) there is nothing to redirect to',
  ),
  stays(
    'NIST.800.53.R5-ELBv2ACMCertificateRequired',
    '*/service/*',
    'edge.certificateArn turns both listeners to HTTPS; without one (first days, one machine) they speak HTTP',
  ),
  stays(
    'NIST.800.53.R5-ALBWAFEnabled',
    '*/service/LoadBalancer',
    'the firewall stands before the distribution, by profile',
  ),
  stays(
    'NIST.800.53.R5-ELBDeletionProtectionEnabled',
    '*/service/LoadBalancer',
    'environments that are made to be thrown away; prod is protected (test: protection)',
  ),
  // Service
  stays(
    'AwsSolutions-ECS2',
    '*/service/First-*',
    'settings are plain on purpose; secrets come from Secrets Manager by name',
  ),
  stays(
    'AwsSolutions-ECS4',
    '*/service/Cluster',
    'the small profiles have the free metrics of services: what they may cost decides; Container Insights is on in the others',
  ),
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
