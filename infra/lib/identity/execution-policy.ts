import { names, policyArn } from '@sluice/core/names'
import { allow, policyDocument, type PolicyDocument, type Statement } from './policy.ts'

/** An environment, or what all share, as its stacks are deployed. */
export interface ExecutionScope {
  readonly part: string
  readonly account: string
  readonly regions: readonly string[]
  /** Functions of Lambda that the stacks have, each with a role of its own name. */
  readonly functions?: readonly string[]
}

/** What stacks are made of that has no name before it exists, or no sensible one: bound by region alone. */
const unnamed = [
  'application-autoscaling:*',
  'arc-region-switch:*',
  'backup:*',
  'backup-storage:*',
  'budgets:*',
  'cloudfront:*',
  'cloudwatch:*',
  'ec2:*Address*',
  'ec2:*Endpoint*',
  'ec2:*FlowLogs*',
  'ec2:*Gateway*',
  'ec2:*NetworkAcl*',
  'ec2:*Route*',
  'ec2:*SecurityGroup*',
  'ec2:*Subnet*',
  'ec2:*Tags',
  'ec2:*Vpc*',
  'ec2:Describe*',
  'ecr:*',
  'ecs:*',
  'elasticache:*',
  'elasticloadbalancing:*',
  'events:*',
  'kms:*',
  'logs:*',
  'rds:*',
  'route53:*',
  'servicediscovery:*',
  'wafv2:*',
  'xray:*',
]

const passedTo = [
  'backup.amazonaws.com',
  'ecs.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'monitoring.rds.amazonaws.com',
  'rds.amazonaws.com',
  's3.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
  'arc-region-switch.amazonaws.com',
]

const serviceLinked = [
  'backup.amazonaws.com',
  'ecs.amazonaws.com',
  'ecs.application-autoscaling.amazonaws.com',
  'elasticache.amazonaws.com',
  'elasticloadbalancing.amazonaws.com',
  'rds.amazonaws.com',
  'rds.application-autoscaling.amazonaws.com',
  'replication.dynamodb.amazonaws.com',
  'replication.ecr.amazonaws.com',
]

/**
 * What CloudFormation may do for a stack: the policy that `cdk bootstrap --cloudformation-execution-policies` is given in place of
 * AdministratorAccess, which it takes without one. Managed policies hold 6,144 characters (IAM quotas).
 */
export function executionPolicy({ part, account, regions, functions = [] }: ExecutionScope): PolicyDocument {
  const here = { StringEquals: { 'aws:RequestedRegion': [...new Set([...regions, 'us-east-1'])].sort() } }
  const named = (service: string, resource: string) => `arn:aws:${service}:*:${account}:${resource}`
  return policyDocument([
    allow(unnamed, '*', here),
    allow(['dynamodb:*'], named('dynamodb', 'table/sluice-*')),
    allow(['s3:*'], 'arn:aws:s3:::sluice-*'),
    // CDK's own bucket of templates.
    allow(['s3:GetObject'], `arn:aws:s3:::cdk-hnb659fds-*-${account}-*`),
    allow(['secretsmanager:*'], named('secretsmanager', `secret:sluice/${part}/*`)),
    allow(['secretsmanager:GetRandomPassword'], '*'),
    // Passwords that RDS keeps: it makes them with the rights of who makes the database.
    allow(
      ['CreateSecret', 'DeleteSecret', 'DescribeSecret', 'RotateSecret', 'TagResource', 'UpdateSecret'].map(
        (action) => `secretsmanager:${action}`,
      ),
      named('secretsmanager', 'secret:rds!*'),
    ),
    allow(['sns:*'], named('sns', 'sluice-*')),
    allow(['ssm:*'], named('ssm', `parameter/sluice/${part}/*`)),
    allow(['ssm:GetParameters'], named('ssm', 'parameter/cdk-bootstrap/*')),
    ...functionStatements(account, functions),
    ...iamStatements(part, account),
  ])
}

/**
 * A function runs what a stack says, with the role that it is given: none is made but by name, and none is given any role but the one of
 * that name. Who turns a rotation on must be allowed to call its function (Secrets Manager: RotateSecret).
 */
function functionStatements(account: string, functions: readonly string[]): Statement[] {
  if (functions.length === 0) return []
  return [
    allow(
      ['lambda:*'],
      functions.map((name) => `arn:aws:lambda:*:${account}:function:${name}`),
    ),
    allow(
      ['iam:PassRole'],
      functions.map((name) => `arn:aws:iam::${account}:role/${name}`),
      { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    ),
  ]
}

/** Roles with the boundary and none without; neither the boundary nor these policies can be touched. */
function iamStatements(part: string, account: string): Statement[] {
  const roles = [`arn:aws:iam::${account}:role/sluice-*`, `arn:aws:iam::${account}:role/${part}-*`]
  const boundary = policyArn(account, names.policy.boundary())
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': boundary } }
  return [
    allow(['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'], roles, bounded),
    allow(['iam:AttachRolePolicy'], roles, {
      ...bounded,
      ArnLike: {
        'iam:PolicyARN': [
          'arn:aws:iam::aws:policy/service-role/*',
          'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers',
        ],
      },
    }),
    allow(
      [
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
        'iam:TagRole',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
      ],
      roles,
    ),
    allow(['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': passedTo } }),
    allow(['iam:CreateServiceLinkedRole'], `arn:aws:iam::${account}:role/aws-service-role/*`, {
      StringEquals: { 'iam:AWSServiceName': serviceLinked },
    }),
  ]
}
