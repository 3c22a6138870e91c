import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { keyExport } from '../encryption/exports.ts'
import { addKey } from '../encryption/key.ts'

/**
 * The keys of what is stored, in every region before anything that uses them: a replica (of a secret, a table, a bucket) is encrypted
 * with the key of its own region, which must be there when the primary starts to replicate.
 */
export class KeysStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, { name }: EnvironmentState) {
    super(scope, id, props)
    const source = { StringEquals: { 'aws:SourceAccount': this.account } }
    const data = addKey(this, 'DataKey', {
      alias: names.keyAlias(name, 'data'),
      description: `Databases, caches, tables and secrets of ${name}`,
      services: [
        // RDS writes its logs into groups that this key encrypts too.
        {
          service: `logs.${this.region}.amazonaws.com`,
          condition: {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn': `arn:${this.partition}:logs:${this.region}:${this.account}:log-group:/aws/rds/*`,
            },
          },
        },
      ],
      via: ['rds', 'secretsmanager', 'dynamodb', 'elasticache'],
    })
    const artifacts = addKey(this, 'ArtifactsKey', {
      alias: names.keyAlias(name, 'artifacts'),
      description: `Artifacts of ${name}`,
      services: [{ service: 's3.amazonaws.com', condition: source }],
      via: ['s3'],
    })
    for (const [purpose, key] of [
      ['data', data],
      ['artifacts', artifacts],
    ] as const) {
      new CfnOutput(this, `${purpose}KeyArn`, { value: key.attrArn, exportName: keyExport(name, purpose) })
    }
  }
}
