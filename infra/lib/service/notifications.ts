import { Fn, Stack } from 'aws-cdk-lib'
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { networkExports } from '../network/exports.ts'

/**
 * Where alarms and budgets tell people. Encrypted with the environment's own key: CloudWatch cannot publish to a topic under the key
 * that AWS manages for SNS (CloudWatch: "Amazon SNS encryption").
 */
export function addTopic(
  scope: Construct,
  environment: string,
  keyArn = Fn.importValue(networkExports(environment).logsKeyArn),
): CfnTopic {
  const topic = new CfnTopic(scope, 'Topic', { topicName: names.topic(environment), kmsMasterKeyId: keyArn })
  new CfnTopicPolicy(scope, 'TopicPolicy', {
    topics: [topic.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Publish',
          Effect: 'Allow',
          Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
          Action: 'sns:Publish',
          Resource: topic.ref,
          Condition: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
        },
        {
          Sid: 'InTransit',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: topic.ref,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  })
  return topic
}

/** The topic's ARN, for the stacks beside its own. */
export function topicArn(scope: Construct, environment: string): string {
  const { partition, region, account } = Stack.of(scope)
  return `arn:${partition}:sns:${region}:${account}:${names.topic(environment)}`
}
