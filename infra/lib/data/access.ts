import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { artifactPrefix } from '../storage/artifacts.ts'
import { databaseSecret } from './database-urls.ts'

/**
 * What a task of a service may do with the environment's data in its region: read the passwords of the environment's own databases
 * (docs/adr/0005), read and change the table of slots, read and write its own artifacts. Keys need no statement: their policies let
 * the account use them through these services.
 */
export function dataAccess(scope: Construct, environment: string, service: string): object[] {
  const { account, partition, region } = Stack.of(scope)
  const bucket = `arn:${partition}:s3:::${names.artifactBucket(environment, account, region)}`
  const secret = `arn:${partition}:secretsmanager:${region}:${account}:secret`
  // RDS names the secrets that it keeps itself, and tags each with the database that it belongs to.
  const keptByRds = ([kind, tag]: readonly [kind: string, tag: string]) => ({
    Effect: 'Allow',
    Action: ['secretsmanager:GetSecretValue'],
    Resource: `${secret}:rds!*`,
    Condition: {
      StringLike: {
        [`secretsmanager:ResourceTag/aws:rds:${tag}`]: `arn:${partition}:rds:${region}:${account}:${kind}:sluice-${environment}-?`,
      },
    },
  })
  return [
    {
      Sid: 'DatabasePasswords',
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: `${secret}:${names.secret(environment, databaseSecret)}-*`,
    },
    ...(
      [
        ['cluster', 'primaryDBClusterArn'],
        ['db', 'primaryDBInstanceArn'],
      ] as const
    ).map(keptByRds),
    {
      Sid: 'Slots',
      Effect: 'Allow',
      Action: ['dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
      Resource: `arn:${partition}:dynamodb:${region}:${account}:table/${names.slotTable(environment)}`,
    },
    // The whole bucket, for its names alone: S3 answers 404, and not 403, for what is not there only to those who may list, and a
    // condition on the prefix holds for listings but not for that.
    { Sid: 'ArtifactList', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: bucket },
    {
      Sid: 'Artifacts',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: `${bucket}/${artifactPrefix(service)}*`,
    },
  ]
}
