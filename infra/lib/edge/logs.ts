import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib'
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs'
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3'
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront'
import type { CfnKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { addKey } from '../encryption/key.ts'

/** What is written about a request: neither cookies nor the query, which may hold what signs a client in. */
const fields = [
  'date',
  'time',
  'x-edge-location',
  'c-ip',
  'cs-method',
  'x-host-header',
  'cs-uri-stem',
  'sc-status',
  'cs(User-Agent)',
  'cs-bytes',
  'sc-bytes',
  'time-taken',
  'time-to-first-byte',
  'x-edge-result-type',
  'x-edge-detailed-result-type',
  'x-edge-request-id',
  'cs-protocol-version',
  'ssl-protocol',
]

/** The key of everything that the edge writes down. Its stack stands in us-east-1, where an environment need not have a region. */
export function addEdgeKey(scope: Construct, environment: string): CfnKey {
  const { account, partition, region } = Stack.of(scope)
  return addKey(scope, 'Key', {
    alias: names.keyAlias(environment, 'edge'),
    description: `Logs of the edge of ${environment}`,
    services: [
      {
        service: `logs.${region}.amazonaws.com`,
        condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:aws-waf-logs-*`,
          },
        },
      },
      // The topic of a region that has nothing else of the environment.
      { service: 'cloudwatch.amazonaws.com', condition: { StringEquals: { 'aws:SourceAccount': account } } },
      // CloudFront's logs are delivered by this one (CloudFront: "Standard logging", permissions).
      { service: 'delivery.logs.amazonaws.com', condition: { StringEquals: { 'aws:SourceAccount': account } } },
    ],
  })
}

/** Who asked the distribution what, for a year. */
export function addAccessLogs(
  scope: Construct,
  environment: string,
  distribution: CfnDistribution,
  keyArn: string,
): void {
  const { account, partition, region } = Stack.of(scope)
  const bucket = new CfnBucket(scope, 'Logs', {
    bucketName: `sluice-${environment}-edge-${account}`,
    bucketEncryption: {
      serverSideEncryptionConfiguration: [
        {
          bucketKeyEnabled: true,
          serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
        },
      ],
    },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
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
  bucket.cfnOptions.deletionPolicy = bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
  const policy = new CfnBucketPolicy(scope, 'LogsPolicy', {
    bucket: bucket.ref,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [bucket.attrArn, `${bucket.attrArn}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'Delivery',
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${bucket.attrArn}/*`,
          Condition: {
            StringEquals: { 'aws:SourceAccount': account, 's3:x-amz-acl': 'bucket-owner-full-control' },
            ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:delivery-source:*` },
          },
        },
      ],
    },
  })
  const name = `sluice-${environment}-edge`
  const source = new CfnDeliverySource(scope, 'LogSource', {
    name,
    logType: 'ACCESS_LOGS',
    resourceArn: `arn:${partition}:cloudfront::${account}:distribution/${distribution.ref}`,
  })
  const destination = new CfnDeliveryDestination(scope, 'LogDestination', {
    name,
    destinationResourceArn: bucket.attrArn,
    outputFormat: 'json',
  })
  const delivery = new CfnDelivery(scope, 'LogDelivery', {
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.attrArn,
    s3SuffixPath: '{DistributionId}/{yyyy}/{MM}/{dd}/{HH}',
    recordFields: fields,
  })
  delivery.addResourceDependency(source)
  delivery.addResourceDependency(policy)
}
