import { Aspects, type Stack } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { IConstruct } from 'constructs'
import { names, policyArn } from '@sluice/core/names'
import { allow, policyDocument, type PolicyDocument } from './policy.ts'

/** Services that some role of ours works with. IAM, Organizations and account settings are not among them. */
const services = [
  'application-autoscaling',
  'aps',
  'arc-region-switch',
  'backup',
  'backup-storage',
  'cloudfront',
  'cloudwatch',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'elasticache',
  'elasticloadbalancing',
  'events',
  'kms',
  'lambda',
  'logs',
  'rds',
  'rds-data',
  'rds-db',
  'route53',
  's3',
  'secretsmanager',
  'servicediscovery',
  'sns',
  'sqs',
  'ssm',
  'ssmmessages',
  'wafv2',
  'xray',
]

/**
 * The most that any role of an account can ever do, whatever its policies say: nothing outside its environments' regions, nothing to
 * IAM, no role but CDK's. CloudFormation can make roles with this boundary only, so that a stack cannot raise its own rights.
 */
export function boundaryPolicy(account: string, regions: readonly string[]): PolicyDocument {
  // IAM, Route 53, CloudFront and billing answer in us-east-1.
  const here = { StringEquals: { 'aws:RequestedRegion': [...new Set([...regions, 'us-east-1'])].sort() } }
  return policyDocument([
    allow(
      services.map((service) => `${service}:*`),
      '*',
      here,
    ),
    allow(
      [
        'cloudformation:BatchDescribeTypeConfigurations',
        'cloudformation:Describe*',
        'cloudformation:DetectStack*',
        'cloudformation:GetTemplate',
        'iam:Get*',
        'iam:List*',
        // ARC asks whether the role of a Region switch plan could do its steps.
        'iam:SimulatePrincipalPolicy',
      ],
      '*',
      here,
    ),
    allow(['iam:PassRole'], `arn:aws:iam::${account}:role/*`, {
      StringEquals: { 'iam:PassedToService': ['ecs.amazonaws.com', 'ecs-tasks.amazonaws.com'] },
    }),
    allow(['sts:AssumeRole'], `arn:aws:iam::${account}:role/cdk-*`),
  ])
}

/** Puts the boundary on every role of a stack, also on those that CDK's own constructs make. */
export function boundRoles(stack: Stack): void {
  const boundary = policyArn(stack.account, names.policy.boundary())
  Aspects.of(stack).add({
    visit(node: IConstruct) {
      if (node instanceof CfnRole) node.permissionsBoundary ??= boundary
    },
  })
}
