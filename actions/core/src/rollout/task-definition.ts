import { sha256OfJson, type Json } from '../canonical-json.ts'
import type { Service } from '../environment/service.ts'
import { names } from '../names.ts'
import type { TaskSkeleton } from '../task-skeleton.ts'
import { taskVariables } from './task-variables.ts'

/** Tags that the actions read back from a task definition revision. */
export const definitionTags = {
  /** Hash of everything else in the input, so that an equal revision is used again. */
  hash: 'sluice:definition',
  version: 'sluice:version',
  commit: 'sluice:commit',
  /** `expand` or `contract`: after a contract nothing rolls back past it. */
  migration: 'sluice:migration',
} as const

/** The input of ECS's RegisterTaskDefinition. */
export interface TaskDefinitionInput {
  readonly family: string
  readonly networkMode: 'awsvpc'
  readonly requiresCompatibilities: readonly ['FARGATE']
  readonly cpu: string
  readonly memory: string
  readonly executionRoleArn: string
  readonly taskRoleArn: string
  readonly containerDefinitions: ReadonlyArray<{ readonly [key: string]: Json }>
  readonly tags: ReadonlyArray<{ readonly key: string; readonly value: string }>
}

export interface TaskDefinitions {
  readonly service: TaskDefinitionInput
  /** The one-off migrations task, where the service has one. */
  readonly migrate?: TaskDefinitionInput
}

/**
 * Renders skeleton and `<env>/<service>.yaml` into what ECS registers. `imageHost` is the registry that this region pulls from. Throws a
 * `ConfigurationError` when the file sets what infra or the release sets.
 */
export function renderTaskDefinitions(
  environment: string,
  serviceName: string,
  service: Service,
  skeleton: TaskSkeleton,
  imageHost: string,
): TaskDefinitions {
  const { task, release, migrate } = service
  const [, partition = 'aws', , , account = ''] = skeleton.executionRoleArn.split(':')
  const told = taskVariables(environment, serviceName, service, skeleton)
  const container = {
    name: skeleton.containerName,
    image: `${imageHost}/${release.image.repository}@${release.image.digest}`,
    essential: true,
    environment: pairs(told.environment),
    secrets: Object.entries(told.secrets)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, secret]) => ({
        name,
        valueFrom: secretArn({ partition, region: skeleton.region, account }, environment, secret),
      })),
    readonlyRootFilesystem: skeleton.readonlyRootFilesystem,
    stopTimeout: skeleton.stopTimeoutSeconds,
    ...(skeleton.user == null ? {} : { user: skeleton.user }),
  }
  const shared = {
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: String(task.cpu),
    memory: String(task.memory),
    executionRoleArn: skeleton.executionRoleArn,
    taskRoleArn: skeleton.taskRoleArn,
  } as const
  const labels = {
    [definitionTags.version]: release.version,
    [definitionTags.commit]: release.commit,
    ...(migrate == null ? {} : { [definitionTags.migration]: migrate.phase }),
  }
  return {
    service: tagged(
      {
        ...shared,
        family: skeleton.family,
        containerDefinitions: [
          {
            ...container,
            environment: pairs({ ...told.environment, ...skeleton.sideCarEnvironment }),
            ...(task.command == null ? {} : { command: task.command }),
            portMappings:
              skeleton.containerPort == null
                ? []
                : [
                    {
                      containerPort: skeleton.containerPort,
                      protocol: 'tcp',
                      // HTTP, so that Service Connect balances by request and counts answers.
                      ...(skeleton.portName == null ? {} : { name: skeleton.portName, appProtocol: 'http' }),
                    },
                  ],
            logConfiguration: logs(skeleton, serviceName),
          },
          ...skeleton.sideCars,
        ],
      },
      labels,
    ),
    ...(migrate == null
      ? {}
      : {
          migrate: tagged(
            {
              ...shared,
              family: names.migrateFamily(environment, serviceName),
              containerDefinitions: [
                { ...container, command: migrate.command, logConfiguration: logs(skeleton, 'migrate') },
              ],
            },
            labels,
          ),
        }),
  }
}

/**
 * Where ECS finds a secret of `<service>.yaml`. It takes ARNs, not bare names; Secrets Manager finds one without the six characters at
 * its end. A name that begins with `/` stands in Parameter Store.
 */
export function secretArn(
  { partition, region, account }: { readonly partition: string; readonly region: string; readonly account: string },
  environment: string,
  secret: string,
): string {
  return secret.startsWith('/')
    ? `arn:${partition}:ssm:${region}:${account}:parameter${names.secretParameter(environment, secret)}`
    : `arn:${partition}:secretsmanager:${region}:${account}:secret:${names.secret(environment, secret)}`
}

function tagged(
  definition: Omit<TaskDefinitionInput, 'tags'>,
  labels: Readonly<Record<string, string>>,
): TaskDefinitionInput {
  const hash = sha256OfJson(definition)
  const tags = Object.entries({ [definitionTags.hash]: hash, ...labels }).map(([key, value]) => ({ key, value }))
  return { ...definition, tags }
}

function pairs(variables: Readonly<Record<string, string>>): Array<{ name: string; value: string }> {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }))
}

/** CloudWatch Logs; the stream is `<prefix>/<container>/<task id>`, which the diagnosis reads back. */
function logs(skeleton: TaskSkeleton, prefix: string): { readonly [key: string]: Json } {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': skeleton.logGroup,
      'awslogs-region': skeleton.region,
      'awslogs-stream-prefix': prefix,
    },
  }
}
