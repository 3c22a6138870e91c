import { readFileSync } from 'node:fs'
import { Fn, Stack } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { CfnFunction, CfnPermission } from 'aws-cdk-lib/aws-lambda'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import type { CfnDBCluster } from 'aws-cdk-lib/aws-rds'
import { CfnRotationSchedule, CfnSecretTargetAttachment, type CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { networkExports } from '../network/exports.ts'
import { rotationName } from './rotation-name.ts'

/** Bundled from `infra/functions/rotate-password` by `npm run generate`, so that a template is made without a bundler. */
const bundle = new URL('../../functions/dist/rotate-password.cjs', import.meta.url)

/** A cluster, and the secret that has its master password. */
export interface RotatedPassword {
  /** Prefix of logical ids. */
  readonly id: string
  readonly secret: CfnSecret
  readonly cluster: CfnDBCluster
}

/**
 * Rotates master passwords once a month, by one function for all clusters of a region (docs/adr/0009). Its code is in the template:
 * there is no asset to publish, and who reviews a change of it sees it.
 */
export function rotatePasswords(
  scope: Construct,
  passwords: readonly RotatedPassword[],
  options: {
    readonly environment: string
    readonly keyArn: string
    readonly subnets: string[]
    readonly securityGroupId: string
    readonly logDays: number
  },
): void {
  const { environment, subnets, securityGroupId, logDays } = options
  const { account } = Stack.of(scope)
  const functionName = rotationName(environment)
  const logs = new CfnLogGroup(scope, 'RotationLogs', {
    logGroupName: `/aws/lambda/${functionName}`,
    retentionInDays: logDays,
    kmsKeyId: Fn.importValue(networkExports(environment).logsKeyArn),
  })
  const rotation = new CfnFunction(scope, 'Rotation', {
    functionName,
    description: `Rotates the master passwords of the databases of ${environment}`,
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    handler: 'index.handler',
    // CloudFormation makes index.js of it, a CommonJS module (AWS::Lambda::Function Code).
    code: { zipFile: readFileSync(bundle, 'utf8') },
    role: addRole(scope, passwords, options).attrArn,
    timeout: 30,
    memorySize: 256,
    vpcConfig: { subnetIds: subnets, securityGroupIds: [securityGroupId] },
    // Amazon's authorities, which sign the certificates of RDS: in the runtime, and not read by itself (Lambda: "Node.js").
    environment: { variables: { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } },
  })
  rotation.addResourceDependency(logs)
  const permission = new CfnPermission(scope, 'RotationPermission', {
    action: 'lambda:InvokeFunction',
    functionName: rotation.attrArn,
    principal: 'secretsmanager.amazonaws.com',
    sourceAccount: account,
  })
  for (const { id, secret, cluster } of passwords) {
    // Tells the function where the database is: host and port are written into the secret.
    const attachment = new CfnSecretTargetAttachment(scope, `${id}PasswordOf`, {
      secretId: secret.ref,
      targetId: cluster.ref,
      targetType: 'AWS::RDS::DBCluster',
    })
    const schedule = new CfnRotationSchedule(scope, `${id}Rotation`, {
      secretId: attachment.ref,
      rotationLambdaArn: rotation.attrArn,
      rotationRules: { automaticallyAfterDays: 30 },
      rotateImmediatelyOnUpdate: false,
    })
    schedule.addResourceDependency(permission)
  }
}

/** What AWS's page of "execution role permissions" lists for a rotation function, on these secrets alone. */
function addRole(
  scope: Construct,
  passwords: readonly RotatedPassword[],
  { environment, keyArn }: { readonly environment: string; readonly keyArn: string },
): CfnRole {
  const { partition, region, account } = Stack.of(scope)
  const functionArn = `arn:${partition}:lambda:${region}:${account}:function:${rotationName(environment)}`
  return new CfnRole(scope, 'RotationRole', {
    roleName: rotationName(environment),
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      ],
    },
    // Its own log streams, and the network interfaces that Lambda makes with the function's role.
    managedPolicyArns: [`arn:${partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole`],
    policies: [
      {
        policyName: 'rotate',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: [
                'secretsmanager:DescribeSecret',
                'secretsmanager:GetSecretValue',
                'secretsmanager:PutSecretValue',
                'secretsmanager:UpdateSecretVersionStage',
              ],
              Resource: passwords.map(({ secret }) => secret.ref),
            },
            { Effect: 'Allow', Action: ['secretsmanager:GetRandomPassword'], Resource: '*' },
            {
              Effect: 'Allow',
              Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
              Resource: keyArn,
              Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
            },
            {
              // Lambda works with the role too; the code itself has no business with the network's settings (Lambda: "VPC").
              Effect: 'Deny',
              Action: [
                'ec2:CreateNetworkInterface',
                'ec2:DeleteNetworkInterface',
                'ec2:DescribeNetworkInterfaces',
                'ec2:DescribeSubnets',
                'ec2:DetachNetworkInterface',
                'ec2:AssignPrivateIpAddresses',
                'ec2:UnassignPrivateIpAddresses',
              ],
              Resource: '*',
              Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
            },
          ],
        },
      },
    ],
  })
}
