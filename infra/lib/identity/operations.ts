import { names } from '@sluice/core/names'
import { readingPermissions } from './drift-reading.ts'
import { allow, type Statement } from './policy.ts'
import { describeRollout } from './permissions.ts'
import { parameterArns, type RoleScope } from './scope.ts'

/** The stacks of an environment, or of what all share. */
function stackArns({
  account,
  stackRegions,
  environment,
}: Pick<RoleScope, 'account' | 'stackRegions' | 'environment'>): string[] {
  return stackRegions.map(
    (region) => `arn:aws:cloudformation:${region}:${account}:stack/${names.stack(environment, '*')}/*`,
  )
}

/** Compares an environment with git, on a schedule. Changes nothing. */
export function driftPermissions(scope: RoleScope): Statement[] {
  return [...detectionPermissions(scope), ...readingPermissions(scope)]
}

/** Lets CloudFormation compare stacks with their templates. What it reads of their resources, its caller has to be granted as well. */
export function detectionPermissions(scope: Parameters<typeof stackArns>[0]): Statement[] {
  return [
    allow(
      [
        'cloudformation:DetectStackDrift',
        // Of each resource, while CloudFormation detects the stack's drift for its caller.
        'cloudformation:DetectStackResourceDrift',
        'cloudformation:DescribeStackResourceDrifts',
      ],
      stackArns(scope),
    ),
    // Drift detections have ids and no ARNs.
    allow(['cloudformation:DescribeStackDriftDetectionStatus'], '*'),
  ]
}

/**
 * Moves an environment to another region: starts its Region switch plans and watches them. What the plans do, ARC does with a role of its
 * own (infra/lib/recovery/permissions.ts). Every call is one of the region that takes over: nothing depends on the one that failed.
 */
export function recoveryPermissions(scope: RoleScope): Statement[] {
  const { account, regions, environment, clusters } = scope
  return [
    // Plans have six characters of ARC's own in their ARNs: they are found by name. IAM grants the list on everything alone.
    allow(['arc-region-switch:ListPlansInRegion'], '*'),
    allow(
      [
        'arc-region-switch:GetPlanEvaluationStatus',
        'arc-region-switch:GetPlanExecution',
        'arc-region-switch:ListPlanExecutions',
        'arc-region-switch:StartPlanExecution',
      ],
      regions.map(
        (region) => `arn:aws:arc-region-switch::${account}:plan/${names.regionSwitchPlan(environment, region)}:*`,
      ),
    ),
    // What a drill measures: where the writers are, and how far the others lagged behind.
    allow(
      ['rds:DescribeGlobalClusters'],
      // Global clusters have no region in their ARN (Service Authorization Reference: Amazon RDS).
      clusters.map((cluster) => `arn:aws:rds::${account}:global-cluster:${names.globalDatabase(environment, cluster)}`),
    ),
    allow(['cloudwatch:GetMetricData'], '*'),
  ]
}

/** CDK's bootstrap roles of an account, by the qualifier that `cdk bootstrap` was given. */
const bootstrapRoles = (account: string, regions: readonly string[]): string[] =>
  regions.flatMap((region) =>
    ['deploy', 'file-publishing', 'lookup'].map(
      (kind) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${kind}-role-${account}-${region}`,
    ),
  )

/** Deploys stacks through CDK's bootstrap roles: CloudFormation's execution role does the work, within the execution policy. */
export function infraPermissions({ account, stackRegions }: Pick<RoleScope, 'account' | 'stackRegions'>): Statement[] {
  return [allow(['sts:AssumeRole'], bootstrapRoles(account, stackRegions))]
}

/** What infra asks before it touches an environment: no rollout in flight, no hold, the running revision is the newest. */
export function infraPreflightPermissions(scope: RoleScope): Statement[] {
  return [
    describeRollout(scope, 'ecs:ListServiceDeployments'),
    allow(['ecs:DescribeTaskDefinition'], '*'),
    allow(['ssm:GetParameter'], parameterArns(scope, names.holdParameter)),
  ]
}
