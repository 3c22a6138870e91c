import { names, roleArn } from '@sluice/core/names'

/** One statement of a policy. */
export interface Statement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: object
}

/** Where a policy holds. */
export interface PolicyScope {
  readonly account: string
  readonly regions: readonly string[]
  readonly environment: string
  readonly services: readonly string[]
}

const allow = (Action: readonly string[], Resource: Statement['Resource']): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
})

/** ECS resources of an environment, in every region that it has. */
function ecsArns({ account, regions, environment, services }: PolicyScope, kinds: readonly string[]): string[] {
  const cluster = names.cluster(environment)
  const paths = kinds.flatMap((kind) => {
    if (kind === 'cluster') return [`cluster/${cluster}`]
    if (kind === 'task') return [`task/${cluster}/*`]
    if (kind === 'task-definition') {
      return services.flatMap((service) => [
        `task-definition/${names.taskFamily(environment, service)}:*`,
        `task-definition/${names.migrateFamily(environment, service)}:*`,
      ])
    }
    return services.map(
      (service) => `${kind}/${cluster}/${names.service(environment, service)}${kind === 'service' ? '' : '/*'}`,
    )
  })
  return regions.flatMap((region) => paths.map((path) => `arn:aws:ecs:${region}:${account}:${path}`))
}

function parameterArns({ account, regions, environment }: PolicyScope, name: string): string[] {
  return regions.map((region) => `arn:aws:ssm:${region}:${account}:parameter/sluice/${environment}/${name}`)
}

function logArns({ account, regions, environment, services }: PolicyScope): string[] {
  return regions.flatMap((region) =>
    services.map((service) => `arn:aws:logs:${region}:${account}:log-group:${names.logGroup(environment, service)}:*`),
  )
}

/** What IAM can only grant on everything (Service Authorization Reference: no resource types for these actions). */
const listings = allow(
  [
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
  ],
  '*',
)

const describeService = (scope: PolicyScope): Statement =>
  allow(
    [
      'ecs:DescribeServices',
      'ecs:ListServiceDeployments',
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeServiceRevisions',
      'ecs:DescribeTasks',
      'ecs:ListTasks',
    ],
    [...ecsArns(scope, ['service', 'service-deployment', 'service-revision', 'task']), ...ecsArns(scope, ['cluster'])],
  )

const readImages = (repositories: readonly string[]): Statement =>
  allow(
    ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:DescribeImageScanFindings', 'ecr:GetDownloadUrlForLayer'],
    repositories,
  )

/** Pushes images and starts their scans; deploys nothing. */
export function buildPermissions(repositories: readonly string[]): Statement[] {
  return [
    allow(['ecr:GetAuthorizationToken'], '*'),
    allow(
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:StartImageScan',
        'ecr:UploadLayerPart',
      ],
      repositories,
    ),
  ]
}

/** Reads what runs and what was found; changes nothing but a scan's start. */
export function planPermissions(scope: PolicyScope, repositories: readonly string[]): Statement[] {
  return [
    listings,
    describeService(scope),
    readImages(repositories),
    // The labels of a running image say which commit it came from; they are read by the registry's own protocol.
    allow(['ecr:GetAuthorizationToken'], '*'),
    allow(['ecr:StartImageScan'], repositories),
    allow(['ssm:GetParameter'], parameterArns(scope, '*')),
  ]
}

/** Starts a rollout: registers revisions, runs migrations, updates the service. */
export function deployPermissions(scope: PolicyScope, repositories: readonly string[]): Statement[] {
  const { account, environment, services } = scope
  const passed = services.flatMap((service) =>
    ['execution', 'task'].map((kind) => roleArn(account, `${names.service(environment, service)}-${kind}`)),
  )
  return [
    ...planPermissions(scope, repositories),
    allow(['ecs:RegisterTaskDefinition', 'ecs:TagResource', 'ecs:RunTask'], ecsArns(scope, ['task-definition'])),
    allow(['ecs:UpdateService'], ecsArns(scope, ['service'])),
    allow(['iam:PassRole'], [...passed, roleArn(account, `sluice-${environment}-load-balancing`)]),
    allow(['logs:GetLogEvents'], logArns(scope)),
  ]
}

/** Follows a rollout: describes, continues, stops, and holds what was rolled back. Nothing else. */
export function rolloutPermissions(scope: PolicyScope): Statement[] {
  return [
    listings,
    describeService(scope),
    allow(['ecs:ContinueServiceDeployment', 'ecs:StopServiceDeployment'], ecsArns(scope, ['service-deployment'])),
    allow(['ecs:UpdateService'], ecsArns(scope, ['service'])),
    allow(['ecs:DeregisterTaskDefinition'], '*'),
    allow(['ssm:GetParameter', 'ssm:PutParameter'], parameterArns(scope, '*/hold')),
    allow(['logs:GetLogEvents'], logArns(scope)),
  ]
}
