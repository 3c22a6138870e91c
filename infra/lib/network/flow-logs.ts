import { Stack } from 'aws-cdk-lib'
import { CfnFlowLog } from 'aws-cdk-lib/aws-ec2'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import type { Profile } from '../topology/profiles.ts'

/** Who spoke to whom in the network, encrypted with the environment's key for logs. */
export function addFlowLogs(
  scope: Construct,
  environment: string,
  vpcId: string,
  keyArn: string,
  { traffic, retentionDays }: Profile['flowLogs'],
): void {
  const { account, partition, region } = Stack.of(scope)
  const group = new CfnLogGroup(scope, 'FlowLogs', {
    logGroupName: names.logGroup(environment, 'network-flows'),
    retentionInDays: retentionDays,
    kmsKeyId: keyArn,
  })
  const role = new CfnRole(scope, 'FlowLogRole', {
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:${partition}:ec2:${region}:${account}:vpc-flow-log/*` },
          },
        },
      ],
    },
    policies: [
      {
        policyName: 'write',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
              Resource: group.attrArn,
            },
          ],
        },
      },
    ],
  })
  new CfnFlowLog(scope, 'Flows', {
    resourceId: vpcId,
    resourceType: 'VPC',
    trafficType: traffic,
    logDestinationType: 'cloud-watch-logs',
    logGroupName: group.ref,
    deliverLogsPermissionArn: role.attrArn,
    maxAggregationInterval: 600,
  })
}
