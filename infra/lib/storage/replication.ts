import { Stack } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { keyAliasArn } from '../encryption/exports.ts'
import type { Replication } from './artifacts.ts'

/**
 * From the primary's bucket to every other region's, within 15 minutes (S3 Replication Time Control) and with metrics to alarm on.
 * Deletions are replicated too: a marker hides, it does not remove, and both sides keep old versions.
 */
export function addReplication(
  scope: Construct,
  environment: string,
  keyArn: string,
  regions: readonly string[],
): Replication {
  const { account, partition, region: source } = Stack.of(scope)
  const bucketArn = (region: string) => `arn:${partition}:s3:::${names.artifactBucket(environment, account, region)}`
  const destinations = regions.map(bucketArn)
  const role = new CfnRole(scope, 'Replication', {
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 's3.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': bucketArn(source) },
          },
        },
      ],
    },
    policies: [
      {
        policyName: 'replicate',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
              Resource: bucketArn(source),
            },
            {
              Effect: 'Allow',
              Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
              Resource: `${bucketArn(source)}/*`,
            },
            {
              Effect: 'Allow',
              Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
              Resource: destinations.map((arn) => `${arn}/*`),
            },
            {
              Effect: 'Allow',
              Action: ['kms:Decrypt'],
              Resource: keyArn,
              Condition: { StringEquals: { 'kms:ViaService': `s3.${source}.amazonaws.com` } },
            },
            {
              // The other regions' keys are known here by their aliases alone.
              Effect: 'Allow',
              Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
              Resource: regions.map((region) => `arn:${partition}:kms:${region}:${account}:key/*`),
              Condition: {
                'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names.keyAlias(environment, 'artifacts') },
                StringEquals: { 'kms:ViaService': regions.map((region) => `s3.${region}.amazonaws.com`) },
              },
            },
          ],
        },
      },
    ],
  })
  return {
    role: role.attrArn,
    rules: regions.map((region, index) => ({
      id: region,
      priority: index + 1,
      status: 'Enabled',
      filter: { prefix: '' },
      deleteMarkerReplication: { status: 'Enabled' },
      sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
      destination: {
        bucket: bucketArn(region),
        storageClass: 'INTELLIGENT_TIERING',
        encryptionConfiguration: {
          replicaKmsKeyId: keyAliasArn({ partition, account, region }, environment, 'artifacts'),
        },
        replicationTime: { status: 'Enabled', time: { minutes: 15 } },
        metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
      },
    })),
  }
}
