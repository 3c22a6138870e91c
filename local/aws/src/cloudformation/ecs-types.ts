import { serviceChanges, type ServiceUpdates } from './service-changes.ts'
import type { Invoke, ResourceTypes } from './resource-type.ts'

/** Properties whose keys are people's own, not AWS's. */
const freeForm = new Set(['Options', 'DockerLabels', 'Labels', 'DriverOpts'])

/** CloudFormation's PascalCase in the camelCase of the ECS API. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (value == null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      freeForm.has(key) ? item : camelCased(item),
    ]),
  )
}

interface EcsService {
  readonly serviceArn: string
  readonly serviceName: string
  readonly status: string
  readonly desiredCount: number
}

export function ecsTypes(invoke: Invoke, updates: ServiceUpdates = 'changed'): ResourceTypes {
  const describe = async (cluster: string, service: string): Promise<EcsService | undefined> => {
    const { services } = await invoke<{ services: EcsService[] }>('ecs', 'DescribeServices', {
      cluster,
      services: [service],
    })
    return services.find(({ status }) => status === 'ACTIVE')
  }
  return {
    'AWS::ECS::Cluster': async (properties, { generated, account, region }) => {
      const name = (properties['ClusterName'] as string | undefined) ?? generated
      await invoke('ecs', 'CreateCluster', { clusterName: name })
      return { ref: name, attributes: { Arn: `arn:aws:ecs:${region}:${account}:cluster/${name}` } }
    },
    'AWS::ECS::TaskDefinition': async (properties, { existing }) => {
      // The first revision holds the first release and never changes (design: who owns what); later ones are the actions'.
      if (existing) return existing
      const input = camelCased(numbersIn(properties)) as Record<string, unknown>
      const { taskDefinition } = await invoke<{ taskDefinition: { taskDefinitionArn: string } }>(
        'ecs',
        'RegisterTaskDefinition',
        {
          ...input,
          cpu: textOf(input['cpu']),
          memory: textOf(input['memory']),
        },
      )
      const arn = taskDefinition.taskDefinitionArn
      return { ref: arn, attributes: { TaskDefinitionArn: arn } }
    },
    'AWS::ECS::Service': async (properties, { generated, before }) => {
      const input = camelCased(numbersIn(properties)) as Record<string, unknown>
      const cluster = (input['cluster'] as string | undefined) ?? 'default'
      const name = (input['serviceName'] as string | undefined) ?? generated
      const existing = await describe(cluster, name)
      if (!existing) {
        await invoke('ecs', 'CreateService', { desiredCount: 1, ...input, cluster, serviceName: name })
      } else if (before) {
        const changed = serviceChanges(camelCased(numbersIn(before)) as Record<string, unknown>, input, updates)
        if (Object.keys(changed).length > 0)
          await invoke('ecs', 'UpdateService', { cluster, service: name, ...changed })
      }
      const service = await describe(cluster, name)
      const arn = service?.serviceArn ?? ''
      return { ref: arn, attributes: { ServiceArn: arn, Name: name } }
    },
    /** Scaling itself is not emulated; its floor is, as AWS raises the count to it at once. */
    'AWS::ApplicationAutoScaling::ScalableTarget': async (properties, { generated }) => {
      const [kind, cluster = '', service = ''] = String(properties['ResourceId']).split('/')
      // Readers of a database have targets too: `cluster:<name>`.
      const found = kind === 'service' ? await describe(cluster, service) : undefined
      const floor = Number(properties['MinCapacity'])
      if (found && found.desiredCount < floor) {
        await invoke('ecs', 'UpdateService', { cluster, service, desiredCount: floor })
      }
      const { ResourceId, ScalableDimension, ServiceNamespace } = properties
      const ref = [ResourceId, ScalableDimension ?? 'ecs:service:DesiredCount', ServiceNamespace ?? 'ecs'].join('|')
      return { ref, attributes: { Id: generated } }
    },
  }
}

/** The API takes CPU and memory as text; templates write either. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined
}

/** Templates may write numbers and booleans as text; the API wants them as what they are. */
function numbersIn(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => numbersIn(item, key))
  if (value != null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, freeForm.has(name) ? item : numbersIn(item, name)]),
    )
  }
  if (
    typeof value === 'string' &&
    /(?:Port|Count|Percent|Seconds|Minutes|Timeout|SoftLimit|HardLimit)$/.test(key) &&
    /^\d+(\.\d+)?$/.test(value)
  ) {
    return Number(value)
  }
  if (value === 'true' && key !== 'Value') return true
  return value === 'false' && key !== 'Value' ? false : value
}
