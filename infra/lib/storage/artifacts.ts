import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib'
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'

/** Dumps of databases and what else is kept to be restored: read hardly ever, so it may sleep in archives. */
export const backupPrefix = 'backups/'

/** Where a service's artifacts lie in the bucket. */
export const artifactPrefix = (service: string) => `${service}/`

const blockAll = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }

/** The bucket of a region's access logs. */
export const accessLogBucket = (environment: string, account: string, region: string): string =>
  `sluice-${environment}-access-${account}-${region}`

/** Below which the load balancer writes who asked what. */
export const loadBalancerPrefix = 'load-balancer'

/**
 * Where the artifacts' bucket and the load balancer write who asked what. S3 and Elastic Load Balancing deliver access logs only to
 * buckets with S3's own encryption (SSE-S3).
 */
export function addLogBucket(scope: Construct, environment: string): CfnBucket {
  const { account, region, partition } = Stack.of(scope)
  const bucket = new CfnBucket(scope, 'Logs', {
    bucketName: accessLogBucket(environment, account, region),
    bucketEncryption: {
      serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    },
    publicAccessBlockConfiguration: blockAll,
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    versioningConfiguration: { status: 'Enabled' },
    lifecycleConfiguration: {
      rules: [
        {
          id: 'a year',
          status: 'Enabled',
          expirationInDays: 365,
          noncurrentVersionExpiration: { noncurrentDays: 1 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
  })
  keep(bucket)
  addPolicy(scope, 'LogsPolicy', bucket, [
    {
      Sid: 'Delivery',
      Effect: 'Allow',
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${arnOf(scope, bucket)}/*`,
      Condition: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': arnOfName(scope, names.artifactBucket(environment, account, region)) },
      },
    },
    {
      Sid: 'LoadBalancerDelivery',
      Effect: 'Allow',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${arnOf(scope, bucket)}/${loadBalancerPrefix}/AWSLogs/${account}/*`,
      Condition: {
        ArnLike: { 'aws:SourceArn': `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/*` },
      },
    },
  ])
  return bucket
}

/** What a region's bucket of artifacts replicates to, and as whom. */
export type Replication = CfnBucket.ReplicationConfigurationProperty

/**
 * Artifacts: versioned, encrypted with the environment's key, closed to the public and to plain HTTP. Tarballs go to
 * Intelligent-Tiering at once and stay readable in milliseconds for ever: its archive tiers, whose objects must be restored before they
 * are read, are for backups alone.
 */
export function addArtifactBucket(
  scope: Construct,
  environment: string,
  keyArn: string,
  logs: CfnBucket,
  replication: Replication | undefined,
): CfnBucket {
  const { account, region } = Stack.of(scope)
  const bucket = new CfnBucket(scope, 'Artifacts', {
    bucketName: names.artifactBucket(environment, account, region),
    bucketEncryption: {
      serverSideEncryptionConfiguration: [
        {
          // A key for the bucket: one call to KMS for many objects.
          bucketKeyEnabled: true,
          serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
        },
      ],
    },
    publicAccessBlockConfiguration: blockAll,
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    versioningConfiguration: { status: 'Enabled' },
    loggingConfiguration: { destinationBucketName: logs.ref, logFilePrefix: 'artifacts/' },
    intelligentTieringConfigurations: [
      {
        id: 'backups',
        status: 'Enabled',
        prefix: backupPrefix,
        tierings: [
          { accessTier: 'ARCHIVE_ACCESS', days: 90 },
          { accessTier: 'DEEP_ARCHIVE_ACCESS', days: 180 },
        ],
      },
    ],
    lifecycleConfiguration: {
      rules: [
        {
          id: 'tier',
          status: 'Enabled',
          transitions: [{ storageClass: 'INTELLIGENT_TIERING', transitionInDays: 0 }],
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        {
          // What was overwritten or deleted by mistake can be had back for a year.
          id: 'old versions',
          status: 'Enabled',
          noncurrentVersionTransitions: [{ storageClass: 'GLACIER_IR', transitionInDays: 30 }],
          noncurrentVersionExpiration: { noncurrentDays: 365 },
          expiredObjectDeleteMarker: true,
        },
        { id: 'old backups', status: 'Enabled', prefix: backupPrefix, expirationInDays: 730 },
      ],
    },
    ...(replication ? { replicationConfiguration: replication } : {}),
  })
  keep(bucket)
  addPolicy(scope, 'ArtifactsPolicy', bucket, [])
  return bucket
}

function addPolicy(scope: Construct, id: string, bucket: CfnBucket, statements: readonly object[]): void {
  const arn = arnOf(scope, bucket)
  new CfnBucketPolicy(scope, id, {
    bucket: bucket.ref,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'Tls12',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [arn, `${arn}/*`],
          Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
        },
        ...statements,
      ],
    },
  })
}

const arnOfName = (scope: Construct, name: string) => `arn:${Stack.of(scope).partition}:s3:::${name}`
const arnOf = (scope: Construct, { bucketName }: CfnBucket) => arnOfName(scope, bucketName ?? '')

/** A bucket outlives its stack: CloudFormation could not delete it while it holds anything anyway. */
function keep(bucket: CfnBucket): void {
  bucket.cfnOptions.deletionPolicy = bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
}
