import { Fn, Stack } from 'aws-cdk-lib'
import { CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { keyAliasArn } from '../encryption/exports.ts'
import { databasePort } from '../network/groups.ts'
import { masterUsername } from './engine.ts'

/**
 * The password of a Global Database, with a replica in every region that may take over: RDS does not manage the passwords of such
 * clusters (AWS: "Limitations for Secrets Manager integration with Amazon Aurora").
 */
export function addPassword(
  scope: Construct,
  id: string,
  options: {
    readonly name: string
    readonly environment: string
    readonly keyArn: string
    readonly replicas: readonly string[]
  },
): { readonly secret: CfnSecret; readonly reference: string } {
  const { partition, account } = Stack.of(scope)
  const { name, environment, keyArn, replicas } = options
  const secret = new CfnSecret(scope, `${id}Password`, {
    name,
    description: `Master password of a database cluster of ${environment}`,
    kmsKeyId: keyArn,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: masterUsername }),
      generateStringKey: 'password',
      passwordLength: 40,
      excludePunctuation: true,
    },
    replicaRegions: replicas.map((region) => ({
      region,
      kmsKeyId: keyAliasArn({ partition, account, region }, environment, 'data'),
    })),
  })
  return {
    secret,
    reference: Fn.sub('{{resolve:secretsmanager:${Secret}:SecretString:password}}', { Secret: secret.ref }),
  }
}

/** The security group of the function that rotates passwords: it reaches the databases and AWS's endpoints, nobody reaches it. */
export function addRotationGroup(
  scope: Construct,
  {
    vpcId,
    databaseGroupId,
    endpointGroupId,
  }: Readonly<Record<'vpcId' | 'databaseGroupId' | 'endpointGroupId', string>>,
): CfnSecurityGroup {
  const group = new CfnSecurityGroup(scope, 'RotationGroup', {
    vpcId,
    groupDescription: 'Functions of Secrets Manager that rotate passwords',
    securityGroupEgress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'Secrets Manager' },
    ],
  })
  const port = { ipProtocol: 'tcp', fromPort: databasePort, toPort: databasePort, description: 'rotation of passwords' }
  new CfnSecurityGroupEgress(scope, 'RotationToDatabase', {
    ...port,
    groupId: group.ref,
    destinationSecurityGroupId: databaseGroupId,
  })
  new CfnSecurityGroupIngress(scope, 'DatabaseFromRotation', {
    ...port,
    groupId: databaseGroupId,
    sourceSecurityGroupId: group.ref,
  })
  // Where the profile has an interface endpoint of Secrets Manager, its name leads there and not out by the NAT.
  new CfnSecurityGroupIngress(scope, 'EndpointsFromRotation', {
    groupId: endpointGroupId,
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    sourceSecurityGroupId: group.ref,
    description: 'rotation of passwords',
  })
  return group
}
