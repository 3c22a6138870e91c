import { names, roleArn } from '@sluice/core/names'
import { allow, type Statement } from './policy.ts'
import { ecsArns, logStreamArns, parameterArns, repositoryArns, type RoleScope } from './scope.ts'

/** What IAM grants on everything or not at all (Service Authorization Reference: these actions have no resource types). */
const describeTaskDefinition = allow(['ecs:DescribeTaskDefinition'], '*')
const registryToken = allow(['ecr:GetAuthorizationToken'], '*')

/**
 * How a rollout stands. ECS asks for the service and for the deployment or revision alike, hence both kinds of resources.
 */
export const describeRollout = (scope: RoleScope, ...more: string[]): Statement =>
  allow(
    ['ecs:DescribeServices', 'ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions', ...more],
    ecsArns(scope, 'service', 'service-deployment', 'service-revision'),
  )

/** Tasks of the environment's cluster. ListTasks is asked for on container instances, also where Fargate has none. */
function readTasks(scope: RoleScope): Statement[] {
  const { account, regions, cluster } = scope
  const clusters = regions.map((region) => `arn:aws:ecs:${region}:${account}:cluster/${cluster}`)
  return [
    allow(['ecs:ListTasks'], ecsArns(scope, 'container-instance'), { ArnEquals: { 'ecs:cluster': clusters } }),
    allow(['ecs:DescribeTasks'], ecsArns(scope, 'task')),
  ]
}

/** The way of a service through ECS's own roll back, and the only updates that a way back may make. */
const stop = (scope: RoleScope, ...more: string[]): Statement =>
  allow(['ecs:StopServiceDeployment', ...more], ecsArns(scope, 'service', 'service-deployment'))

/** Pushes images; deploys nothing. The image's own repository is all that it reads. */
export function buildPermissions(repositories: readonly string[]): Statement[] {
  return [
    registryToken,
    allow(
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      repositories,
    ),
  ]
}

/** Reads what runs and which commit it came from; in the first environment, also what ECR's scan found. */
export function planPermissions(scope: RoleScope): Statement[] {
  const repositories = repositoryArns(scope)
  return [
    allow(['ecs:DescribeServices'], ecsArns(scope, 'service')),
    describeTaskDefinition,
    allow(['ssm:GetParameter'], parameterArns(scope, names.taskSkeletonParameter)),
    // The labels of a first image say which commit it came from; they are read by the registry's own protocol.
    registryToken,
    allow(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], repositories),
    ...(scope.isFirst ? [allow(['ecr:DescribeImageScanFindings', 'ecr:StartImageScan'], repositories)] : []),
  ]
}

/** Verifies an approval and starts a rollout: registers revisions, runs migrations, updates the service. */
export function deployPermissions(scope: RoleScope): Statement[] {
  const { account, regions, serviceRoles, loadBalancingRoles } = scope
  const taskRoles = serviceRoles.flatMap(({ execution, task }) => [roleArn(account, execution), roleArn(account, task)])
  return [
    allow(['ecs:DescribeServices', 'ecs:ListServiceDeployments', 'ecs:UpdateService'], ecsArns(scope, 'service')),
    allow(['ecs:DescribeServiceRevisions'], ecsArns(scope, 'service', 'service-revision')),
    describeTaskDefinition,
    allow(['ecs:RegisterTaskDefinition', 'ecs:RunTask'], ecsArns(scope, 'task-definition')),
    allow(['ecs:TagResource'], ecsArns(scope, 'task-definition'), {
      StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
    }),
    allow(['ecs:DescribeTasks'], ecsArns(scope, 'task')),
    allow(['iam:PassRole'], taskRoles, {
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    }),
    allow(
      ['iam:PassRole'],
      loadBalancingRoles.map((name) => roleArn(account, name)),
      {
        StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' },
      },
    ),
    allow(
      ['ssm:GetParameter'],
      [...parameterArns(scope, names.taskSkeletonParameter), ...parameterArns(scope, names.holdParameter)],
    ),
    allow(['ecr:DescribeImages'], repositoryArns(scope)),
    // Every region pulls its own copy, so every region is asked for it.
    allow(['ecr:BatchGetImage'], repositoryArns(scope, regions)),
    allow(
      [
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeLoadBalancers',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetHealth',
        // Composite alarms are described with a permission on everything alone (CloudWatch: DescribeAlarms).
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricData',
      ],
      '*',
    ),
    allow(['logs:GetLogEvents'], logStreamArns(scope)),
    // A rollout does not start beside stacks in motion (docs/adr/0006).
    allow(
      ['cloudformation:DescribeStacks'],
      regions.map(
        (region) => `arn:aws:cloudformation:${region}:${account}:stack/${names.stack(scope.environment, 'service')}/*`,
      ),
    ),
  ]
}

/** Follows a rollout: describes, reads metrics, continues, stops. Nothing else. */
export function rolloutPermissions(scope: RoleScope): Statement[] {
  return [
    describeRollout(scope),
    stop(scope, 'ecs:ContinueServiceDeployment'),
    ...readTasks(scope),
    allow(
      [
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
        'cloudwatch:GetMetricData',
      ],
      '*',
    ),
    allow(['logs:GetLogEvents'], logStreamArns(scope)),
  ]
}

/**
 * Undoes a rollout, also one that has landed: returns the service to another revision of its own family, deregisters the revision
 * and holds its digest. No job that runs the repository's tests may take it (docs/adr: roll back is a capability of its own).
 */
export function rollBackPermissions(scope: RoleScope): Statement[] {
  return [
    describeRollout(scope, 'ecs:ListServiceDeployments'),
    stop(scope),
    describeTaskDefinition,
    ...scope.services.map((service) => updateWithinFamily(scope, service)),
    // No resource types either; the account holds the environment's own families and those of its neighbours.
    allow(['ecs:DeregisterTaskDefinition'], '*'),
    allow(['ssm:GetParameter', 'ssm:PutParameter'], parameterArns(scope, names.holdParameter)),
  ]
}

/** Every revision of the family was registered by the deploy role, after an approval. */
function updateWithinFamily(scope: RoleScope, service: string): Statement {
  const { account, regions, environment } = scope
  const family = names.taskFamily(environment, service)
  return allow(['ecs:UpdateService'], ecsArns({ ...scope, services: [service] }, 'service'), {
    ArnLike: {
      'ecs:task-definition': regions.map((region) => `arn:aws:ecs:${region}:${account}:task-definition/${family}:*`),
    },
  })
}
