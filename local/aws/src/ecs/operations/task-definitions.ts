import type {
  ContainerDefinition,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { Call } from '../../endpoint/service.ts'
import { lastPart } from '../arns.ts'
import type { EcsRecords, TaskDefinitionRecord } from '../records.ts'
import { page, type EcsContext } from './context.ts'
import { clientError } from './errors.ts'
import { readTags, writeTags } from './tags.ts'
import { checkTaskDefinition } from './task-definition-rules.ts'

/** By ARN, `family:revision`, or family (its newest ACTIVE revision); `undefined` when there is none. */
export function findTaskDefinition(records: EcsRecords, reference: string): TaskDefinitionRecord | undefined {
  const [family = '', revision] = lastPart(reference).split(':')
  const all = records.families[family] ?? []
  if (revision != null) return all[Number(revision) - 1]
  return all.findLast(({ definition }) => definition.status === 'ACTIVE')
}

/** One that may be run. Throws ClientException in ECS's words. */
export function runnableTaskDefinition(records: EcsRecords, reference: string): TaskDefinitionRecord {
  const record = findTaskDefinition(records, reference)
  if (!record) throw clientError('TaskDefinition not found.')
  if (record.definition.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive')
  return record
}

export function taskDefinitionOperations(context: EcsContext) {
  const { records, arns, clock } = context

  const shown = ({ definition, registeredAt, deregisteredAt }: TaskDefinitionRecord): TaskDefinition => ({
    ...definition,
    registeredAt: new Date(registeredAt),
    ...(deregisteredAt == null ? {} : { deregisteredAt: new Date(deregisteredAt) }),
  })

  return {
    RegisterTaskDefinition(request: RegisterTaskDefinitionRequest, call: Call) {
      checkTaskDefinition(request)
      const family = request.family ?? ''
      const revisions = (records.families[family] ??= [])
      const revision = revisions.length + 1
      const arn = arns.taskDefinition(family, revision)
      const fargate = request.requiresCompatibilities?.includes('FARGATE')
      const record: TaskDefinitionRecord = {
        definition: {
          ...taken(request),
          taskDefinitionArn: arn,
          family,
          revision,
          status: 'ACTIVE',
          containerDefinitions: (request.containerDefinitions ?? []).map(withDefaults),
          volumes: request.volumes ?? [],
          placementConstraints: request.placementConstraints ?? [],
          compatibilities: fargate || request.networkMode === 'awsvpc' ? ['EC2', 'FARGATE'] : ['EC2'],
          requiresAttributes: [],
          registeredBy: call.principal.arn,
        },
        registeredAt: clock.now().getTime(),
      }
      revisions.push(record)
      writeTags(records, arn, request.tags)
      context.changed()
      return { taskDefinition: shown(record), tags: readTags(records, arn) }
    },
    DescribeTaskDefinition({ taskDefinition = '', include }: DescribeTaskDefinitionRequest) {
      const record = findTaskDefinition(records, taskDefinition)
      if (!record) throw clientError('Unable to describe task definition.')
      const tags = include?.includes('TAGS')
        ? { tags: readTags(records, record.definition.taskDefinitionArn ?? '') }
        : {}
      return { taskDefinition: shown(record), ...tags }
    },
    DeregisterTaskDefinition({ taskDefinition = '' }: DeregisterTaskDefinitionRequest) {
      const record = taskDefinition.includes(':') ? findTaskDefinition(records, taskDefinition) : undefined
      if (!record) throw clientError('The specified task definition does not exist.')
      record.definition.status = 'INACTIVE'
      record.deregisteredAt ??= clock.now().getTime()
      context.changed()
      return { taskDefinition: shown(record) }
    },
    ListTaskDefinitions(request: ListTaskDefinitionsRequest) {
      const arnsFound = Object.entries(records.families)
        .filter(([family]) => request.familyPrefix == null || family === request.familyPrefix)
        .flatMap(([, revisions]) => revisions)
        .filter(({ definition }) => definition.status === (request.status ?? 'ACTIVE'))
        .map(({ definition }) => definition.taskDefinitionArn ?? '')
      const ordered = request.sort === 'DESC' ? arnsFound.reverse() : arnsFound
      const { items, ...rest } = page(ordered, request, 100)
      return { taskDefinitionArns: items, ...rest }
    },
    ListTaskDefinitionFamilies(request: ListTaskDefinitionFamiliesRequest) {
      const status = request.status ?? 'ALL'
      const families = Object.entries(records.families)
        .filter(([family]) => family.startsWith(request.familyPrefix ?? ''))
        .filter(([, revisions]) => {
          const active = revisions.some(({ definition }) => definition.status === 'ACTIVE')
          return status === 'ALL' || active === (status === 'ACTIVE')
        })
        .map(([family]) => family)
        .sort()
      const { items, ...rest } = page(families, request, 100)
      return { families: items, ...rest }
    },
  }
}

/** The members of the request that a task definition carries; the service drops those that it does not know. */
function taken(request: RegisterTaskDefinitionRequest): Partial<TaskDefinition> {
  const members = [
    'taskRoleArn',
    'executionRoleArn',
    'networkMode',
    'requiresCompatibilities',
    'cpu',
    'memory',
    'pidMode',
    'ipcMode',
    'proxyConfiguration',
    'ephemeralStorage',
    'runtimePlatform',
    'enableFaultInjection',
  ] as const
  return Object.fromEntries(members.filter((name) => request[name] != null).map((name) => [name, request[name]]))
}

/** ECS answers with these filled in, which is why a registered definition never equals the file it came from. */
function withDefaults(container: ContainerDefinition): ContainerDefinition {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort ?? mapping.containerPort,
      protocol: mapping.protocol ?? 'tcp',
    })),
  }
}
