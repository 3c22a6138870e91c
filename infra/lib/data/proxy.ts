import { Stack } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { CfnDBProxy, CfnDBProxyTargetGroup } from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import type { Cluster } from './cluster.ts'

/** A pool of connections that outlives tasks and keeps them through a failover. Gives the host that tasks connect to. */
export function addProxy(
  scope: Construct,
  id: string,
  name: string,
  { cluster, instances }: Cluster,
  place: {
    readonly secretArn: string
    readonly keyArn: string
    readonly subnets: string[]
    readonly securityGroupId: string
  },
): string {
  const { region, account } = Stack.of(scope)
  const role = new CfnRole(scope, `${id}ProxyRole`, {
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'rds.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ],
    },
    policies: [
      {
        policyName: 'password',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: place.secretArn },
            {
              Effect: 'Allow',
              Action: ['kms:Decrypt'],
              Resource: place.keyArn,
              Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
            },
          ],
        },
      },
    ],
  })
  const proxy = new CfnDBProxy(scope, `${id}Proxy`, {
    dbProxyName: name,
    engineFamily: 'POSTGRESQL',
    requireTls: true,
    roleArn: role.attrArn,
    vpcSubnetIds: place.subnets,
    vpcSecurityGroupIds: [place.securityGroupId],
    auth: [
      {
        authScheme: 'SECRETS',
        secretArn: place.secretArn,
        iamAuth: 'DISABLED',
        clientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256',
      },
    ],
  })
  const targets = new CfnDBProxyTargetGroup(scope, `${id}ProxyTargets`, {
    dbProxyName: proxy.ref,
    targetGroupName: 'default',
    dbClusterIdentifiers: [cluster.ref],
    connectionPoolConfigurationInfo: { maxConnectionsPercent: 80, connectionBorrowTimeout: 30 },
  })
  for (const instance of instances) targets.addResourceDependency(instance)
  return proxy.attrEndpoint
}
