import { names } from '@sluice/core/names'
import { allow, type Statement } from './policy.ts'
import { parameterArns, type RoleScope } from './scope.ts'
import { issuer } from './trust.ts'

/**
 * What the read handlers of our resource types ask of who detects drift: CloudFormation compares with its caller's own permissions, and
 * one resource that it may not read fails the whole detection ("Considerations when detecting drift"; the handlers are in each type's
 * schema, test: infra/test/identity/read-handlers.json). Settings only: no object, no item, no secret and no log line.
 */
const readSettings = [
  'application-autoscaling:Describe*',
  'application-autoscaling:ListTagsForResource',
  'arc-region-switch:GetPlan',
  'arc-region-switch:ListRoute53HealthChecks',
  'arc-region-switch:ListTagsForResource',
  // Of the types of third parties, of which there are none: it is asked before the first resource is read, and IAM has no resources for it.
  'cloudformation:BatchDescribeTypeConfigurations',
  'cloudfront:DescribeFunction',
  'cloudfront:GetCachePolicy',
  'cloudfront:GetFunction',
  'cloudfront:GetResponseHeadersPolicy',
  'cloudfront:ListTagsForResource',
  'cloudwatch:Describe*',
  'cloudwatch:GetDashboard',
  'cloudwatch:ListTagsForResource',
  'dynamodb:Describe*',
  'dynamodb:GetResourcePolicy',
  'dynamodb:ListTagsOfResource',
  'ec2:Describe*',
  'ecs:Describe*',
  'ecs:List*',
  'elasticache:Describe*',
  'elasticache:ListTagsForResource',
  'elasticloadbalancing:Describe*',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListResourceTags',
  'logs:Describe*',
  'logs:GetDataProtectionPolicy',
  'logs:GetDelivery',
  'logs:GetDeliveryDestination',
  'logs:GetDeliveryDestinationPolicy',
  'logs:GetDeliverySource',
  'logs:ListTagsForResource',
  'rds:Describe*',
  'rds:ListTagsForResource',
  'route53:GetHealthCheck',
  'route53:ListResourceRecordSets',
  'route53:ListTagsForResource',
  's3:GetAccelerateConfiguration',
  's3:GetAnalyticsConfiguration',
  's3:GetBucket*',
  's3:GetEncryptionConfiguration',
  's3:GetIntelligentTieringConfiguration',
  's3:GetInventoryConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetMetricsConfiguration',
  's3:GetReplicationConfiguration',
  'secretsmanager:DescribeSecret',
  'sns:GetDataProtectionPolicy',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
  'ssm:DescribeParameters',
  'wafv2:GetIPSet',
  'wafv2:GetLoggingConfiguration',
  'wafv2:ListTagsForResource',
]

/**
 * What drift detection reads of an environment's resources. Parameters are named, for a parameter's value may be a secret of a task; the
 * distribution and its firewalls are named, and granted where there are any, for they hold the word by which load balancers know their
 * distribution (infra/lib/edge/origin-guard.ts), and no permission shows the one without the other.
 */
export function readingPermissions(scope: RoleScope): Statement[] {
  const { account, environment, regions, hasDistribution, functions } = scope
  const here = { StringEquals: { 'aws:RequestedRegion': [...new Set([...regions, 'us-east-1'])] } }
  const guarded = regions.flatMap((region) => [
    `arn:aws:wafv2:${region}:${account}:regional/webacl/sluice-${environment}-origin/*`,
    `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${names.loadBalancer(environment)}/*`,
  ])
  return [
    allow(readSettings, '*', here),
    // Whether a bucket is there is asked with the permission to list it.
    allow(['s3:ListBucket'], `arn:aws:s3:::sluice-${environment}-*`, here),
    allow(['ssm:GetParameters'], parameterArns(scope, names.taskSkeletonParameter), here),
    // Where there is a function of ours: its code too, which is in this repository.
    ...(functions.length > 0
      ? [
          allow(
            ['GetFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionRecursionConfig', 'GetPolicy'].map(
              (action) => `lambda:${action}`,
            ),
            regions.flatMap((region) =>
              functions.map((name) => `arn:aws:lambda:${region}:${account}:function:${name}`),
            ),
            here,
          ),
        ]
      : []),
    ...(hasDistribution
      ? [
          allow(
            ['cloudfront:GetDistribution', 'cloudfront:GetDistributionConfig'],
            `arn:aws:cloudfront::${account}:distribution/*`,
            here,
          ),
          allow(
            ['wafv2:GetWebACL', 'wafv2:GetWebACLForResource'],
            [`arn:aws:wafv2:us-east-1:${account}:global/webacl/sluice-${environment}/*`, ...guarded],
            here,
          ),
        ]
      : []),
  ]
}

/** The same for what all environments share: repositories, the registry's settings, and the roles of the builds and of these stacks. */
export function sharedReadingPermissions(regions: readonly string[]): Statement[] {
  const here = { StringEquals: { 'aws:RequestedRegion': [...new Set([...regions, 'us-east-1'])] } }
  return [
    allow(
      [
        'cloudformation:BatchDescribeTypeConfigurations',
        'ecr:DescribeRegistry',
        'ecr:DescribeRepositories',
        'ecr:GetLifecyclePolicy',
        'ecr:GetRegistryScanningConfiguration',
        'ecr:GetRepositoryPolicy',
        'ecr:ListTagsForResource',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
      ],
      '*',
      here,
    ),
  ]
}

/** The same for an account's own stack: its provider, the boundary and CloudFormation's policies. */
export function accountReadingPermissions(account: string): Statement[] {
  return [
    allow(['iam:GetOpenIDConnectProvider'], `arn:aws:iam::${account}:oidc-provider/${issuer}`),
    allow(
      ['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:ListEntitiesForPolicy'],
      `arn:aws:iam::${account}:policy/sluice-*`,
    ),
  ]
}
