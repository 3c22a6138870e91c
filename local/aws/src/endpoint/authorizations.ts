import type { Principal } from './service.ts'

/** One question that a call puts to IAM. */
export interface Authorization {
  readonly action: string
  /** An ARN, or `*` where IAM knows no resource for the action. */
  readonly resource: string
  /** Condition keys that the call carries, as far as policies of this repository ask for them. */
  readonly keys?: Readonly<Record<string, string>>
}

interface Place {
  readonly account: string
  readonly region: string
}
type Input = Readonly<Record<string, unknown>>
type Ask = (input: Input, place: Place, action: string) => Authorization[]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : [])
const last = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf('/') + 1)
const ecsArn = ({ account, region }: Place, resource: string): string => `arn:aws:ecs:${region}:${account}:${resource}`

const onServices =
  (names: (input: Input) => string[]): Ask =>
  (input, place, action) =>
    names(input).map((name) => ({
      action,
      resource: ecsArn(place, `service/${last(text(input['cluster']))}/${last(name)}`),
    }))

/** ECS asks for the deployment or revision, and for the service that its ARN names. */
const below =
  (arns: (input: Input) => string[]): Ask =>
  (input, place, action) =>
    arns(input).flatMap((arn) => {
      const [, cluster = '', service = ''] = /:service-\w+\/([^/]+)\/([^/]+)\//.exec(arn) ?? []
      return [arn, ecsArn(place, `service/${cluster}/${service}`)].map((resource) => ({ action, resource }))
    })

const onRepository: Ask = ({ repositoryName }, { account, region }, action) => [
  { action, resource: `arn:aws:ecr:${region}:${account}:repository/${text(repositoryName)}` },
]

const onParameter: Ask = ({ Name }, { account, region }, action) => [
  { action, resource: `arn:aws:ssm:${region}:${account}:parameter${text(Name)}` },
]

const onStack: Ask = ({ StackName }, { account, region }, action) => {
  const stack = text(StackName)
  return [
    {
      action,
      resource: stack.startsWith('arn:') ? stack : `arn:aws:cloudformation:${region}:${account}:stack/${stack}/*`,
    },
  ]
}

/** Tables by name or ARN: of one, or of each in a batch. */
const onTables: Ask = ({ TableName, RequestItems }, { account, region }, action) =>
  [...(TableName == null ? [] : [text(TableName)]), ...Object.keys(RequestItems ?? {})].map((table) => ({
    action,
    resource: `arn:aws:dynamodb:${region}:${account}:table/${last(table)}`,
  }))

const onObject: Ask = ({ Bucket, Key }, _, action) => [
  { action, resource: `arn:aws:s3:::${text(Bucket)}${Key == null ? '' : `/${text(Key)}`}` },
]

const pass = (role: unknown, service: string): Authorization[] =>
  text(role) === '' ? [] : [{ action: 'iam:PassRole', resource: text(role), keys: { 'iam:PassedToService': service } }]

const taskDefinitionArn = (place: Place, definition: string): string =>
  definition.startsWith('arn:') ? definition : ecsArn(place, `task-definition/${definition}`)

/** What IAM is asked for a call (Service Authorization Reference); an operation that is not here is asked for on everything. */
const asked: Readonly<Record<string, Ask>> = {
  'ecs:DescribeServices': onServices(({ services }) => list(services)),
  'ecs:ListServiceDeployments': onServices(({ service }) => [text(service)]),
  'ecs:UpdateService': (input, place, action) => {
    const definition = taskDefinitionArn(place, text(input['taskDefinition']))
    const balancers = (input['loadBalancers'] ?? []) as { advancedConfiguration?: { roleArn?: string } }[]
    return [
      ...onServices(({ service }) => [text(service)])(input, place, action).map((one) => ({
        ...one,
        keys: { 'ecs:task-definition': definition },
      })),
      ...balancers.flatMap(({ advancedConfiguration }) => pass(advancedConfiguration?.roleArn, 'ecs.amazonaws.com')),
    ]
  },
  'ecs:DescribeServiceDeployments': below(({ serviceDeploymentArns }) => list(serviceDeploymentArns)),
  'ecs:DescribeServiceRevisions': below(({ serviceRevisionArns }) => list(serviceRevisionArns)),
  'ecs:ContinueServiceDeployment': below(({ serviceDeploymentArn }) => [text(serviceDeploymentArn)]),
  'ecs:StopServiceDeployment': below(({ serviceDeploymentArn }) => [text(serviceDeploymentArn)]),
  'ecs:DescribeTasks': ({ tasks }, _, action) => list(tasks).map((resource) => ({ action, resource })),
  'ecs:ListTasks': ({ cluster }, place, action) => [
    {
      action,
      resource: ecsArn(place, `container-instance/${last(text(cluster))}/*`),
      keys: { 'ecs:cluster': ecsArn(place, `cluster/${last(text(cluster))}`) },
    },
  ],
  'ecs:RunTask': ({ taskDefinition }, place, action) => [
    { action, resource: taskDefinitionArn(place, text(taskDefinition)) },
  ],
  'ecs:RegisterTaskDefinition': ({ family, tags, executionRoleArn, taskRoleArn }, place, action) => {
    const resource = ecsArn(place, `task-definition/${text(family)}:*`)
    const tagging = { action: 'ecs:TagResource', resource, keys: { 'ecs:CreateAction': 'RegisterTaskDefinition' } }
    return [
      { action, resource },
      ...(Array.isArray(tags) && tags.length > 0 ? [tagging] : []),
      ...pass(executionRoleArn, 'ecs-tasks.amazonaws.com'),
      ...pass(taskRoleArn, 'ecs-tasks.amazonaws.com'),
    ]
  },
  'cloudformation:DescribeStackEvents': onStack,
  'cloudformation:DescribeStackResourceDrifts': onStack,
  'cloudformation:DescribeStackResources': onStack,
  'cloudformation:DescribeStacks': onStack,
  'cloudformation:DetectStackDrift': onStack,
  'cloudformation:GetTemplate': onStack,
  'sts:AssumeRole': ({ RoleArn }, _, action) => [{ action, resource: text(RoleArn) }],
  's3:DeleteObject': onObject,
  's3:GetObject': onObject,
  's3:ListBucket': onObject,
  's3:PutObject': onObject,
  'ssm:GetParameter': onParameter,
  'ssm:PutParameter': onParameter,
  'logs:GetLogEvents': ({ logGroupName, logStreamName }, { account, region }, action) => [
    {
      action,
      resource: `arn:aws:logs:${region}:${account}:log-group:${text(logGroupName)}:log-stream:${text(logStreamName)}`,
    },
  ],
  'dynamodb:BatchGetItem': onTables,
  'dynamodb:BatchWriteItem': onTables,
  'dynamodb:DeleteItem': onTables,
  'dynamodb:DescribeTable': onTables,
  'dynamodb:GetItem': onTables,
  'dynamodb:PutItem': onTables,
  'dynamodb:Query': onTables,
  'dynamodb:Scan': onTables,
  'dynamodb:UpdateItem': onTables,
  'ecr:BatchGetImage': onRepository,
  'ecr:DescribeImages': onRepository,
  'ecr:DescribeImageScanFindings': onRepository,
  'ecr:StartImageScan': onRepository,
}

/** Whether somebody calls as a role: what roles ask for is compared with what they may. */
export const isRoleSession = ({ arn }: Principal): boolean => arn.includes(':assumed-role/')

/** Every question that a call puts to IAM, the implied ones (PassRole, TagResource) among them. */
export function authorizations(operation: string, input: unknown, place: Place): Authorization[] {
  const ask = asked[operation]
  if (!ask || typeof input !== 'object' || input == null) return [{ action: operation, resource: '*' }]
  return ask(input as Input, place, operation)
}
