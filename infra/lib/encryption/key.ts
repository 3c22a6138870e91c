import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms'
import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** Who may use a key beside those to whom IAM of the account gives it. */
export interface KeyUse {
  /** A principal of AWS's own, such as `logs.us-east-1.amazonaws.com`, with the condition it is bound to. */
  readonly service: string
  readonly condition?: object
}

const dataActions = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']

/**
 * A key of the environment's own, rotated every year, with an alias. `via` names services (`secretsmanager`, `rds`) through which every
 * principal of the account may use it as far as that service lets it, as AWS's own keys do; there is no other use without IAM.
 */
export function addKey(
  scope: Construct,
  id: string,
  options: {
    readonly alias: string
    readonly description: string
    readonly services?: readonly KeyUse[]
    readonly via?: readonly string[]
  },
): CfnKey {
  const { account, region, partition } = Stack.of(scope)
  const { alias, description, services = [], via = [] } = options
  const key = new CfnKey(scope, id, {
    description,
    enableKeyRotation: true,
    // The longest that KMS has: what is encrypted with a deleted key is gone.
    pendingWindowInDays: 30,
    keyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AccountDecides',
          Effect: 'Allow',
          Principal: { AWS: `arn:${partition}:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
        ...services.map(({ service, condition }) => ({
          Effect: 'Allow',
          Principal: { Service: service },
          Action: dataActions,
          Resource: '*',
          ...(condition ? { Condition: condition } : {}),
        })),
        ...(via.length > 0
          ? [
              {
                Sid: 'ThroughServices',
                Effect: 'Allow',
                Principal: { AWS: '*' },
                Action: [...dataActions, 'kms:CreateGrant'],
                Resource: '*',
                Condition: {
                  StringEquals: {
                    'kms:CallerAccount': account,
                    'kms:ViaService': via.map((service) => `${service}.${region}.amazonaws.com`),
                  },
                },
              },
            ]
          : []),
      ],
    },
  })
  // A key outlives its stack: deleting it would delete what it encrypts.
  key.cfnOptions.deletionPolicy = key.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
  new CfnAlias(scope, `${id}Alias`, { aliasName: alias, targetKeyId: key.ref })
  return key
}
