import { isDeepStrictEqual } from 'node:util'
import { conditionHolds, resolveValue } from './intrinsics.ts'
import type { StackInput } from './deploy-stack.ts'
import type { StackRecord, StackResource } from './stack-record.ts'
import { physicalId, stackScope, type StackPlace } from './stack-scope.ts'
import { inOrder } from './template.ts'

/** What a change set does to one resource, in CloudFormation's words. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove'
  readonly logicalId: string
  readonly physicalId?: string
  readonly type: string
  readonly replacement?: 'True' | 'False' | 'Conditional'
  /** Names of the properties that change, sorted. */
  readonly properties: readonly string[]
}

/** Properties whose change makes another resource in place of the first (CloudFormation: "Update requires: Replacement"). */
const createOnly: Readonly<Record<string, readonly string[] | 'all'>> = {
  'AWS::ECS::TaskDefinition': 'all',
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::ECS::Service': ['Cluster', 'DeploymentController', 'LaunchType', 'Role', 'SchedulingStrategy', 'ServiceName'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn'],
  'AWS::ECR::Repository': ['RepositoryName', 'EncryptionConfiguration'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
}

/** Stands in a change set for what is known once a resource is made, as CloudFormation writes it. */
const knownAfterApply = '{{changeSet:KNOWN_AFTER_APPLY}}'

/**
 * What would change if a stack were deployed with a template. Nothing is made. Throws an `Error` for what cannot be resolved:
 * a missing parameter, a value that no stack exports, a circle.
 */
export function computeChanges(
  before: StackRecord | undefined,
  input: StackInput,
  place: StackPlace,
): ResourceChange[] {
  const { template, name } = input
  const known = before?.resources ?? {}
  const coming = (logicalId: string): StackResource => {
    const resource = template.Resources[logicalId]
    if (!resource) throw new Error(`nothing in the template is called ${logicalId}`)
    const ref = place.types[resource.Type] ? knownAfterApply : physicalId(name, logicalId)
    return { type: resource.Type, hash: '', ref, attributes: unknownAttributes }
  }
  const scope = stackScope(place, input, (logicalId) => known[logicalId] ?? coming(logicalId))
  const changes: ResourceChange[] = []
  const wanted = new Set<string>()
  for (const logicalId of inOrder(template)) {
    const resource = template.Resources[logicalId]
    if (!resource || !conditionHolds(resource.Condition, scope)) continue
    wanted.add(logicalId)
    const type = resource.Type
    const after = (resolveValue(resource.Properties ?? {}, scope) ?? {}) as Record<string, unknown>
    const existing = known[logicalId]
    if (!existing) {
      changes.push({ action: 'Add', logicalId, type, properties: [] })
      continue
    }
    const properties = changedProperties(existing.properties ?? {}, after)
    if (properties.length === 0 && existing.type === type) continue
    const replacement = existing.type === type ? replacementOf(type, properties) : 'True'
    changes.push({ action: 'Modify', logicalId, physicalId: existing.ref, type, replacement, properties })
  }
  for (const [logicalId, { ref, type }] of Object.entries(known)) {
    if (!wanted.has(logicalId)) changes.push({ action: 'Remove', logicalId, physicalId: ref, type, properties: [] })
  }
  return changes
}

/** Any attribute of a resource that is not there yet. */
const unknownAttributes = new Proxy<Readonly<Record<string, unknown>>>({}, { get: () => knownAfterApply })

function changedProperties(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  // Stored properties have been through JSON; a value that is undefined is left out there.
  const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
  return names.filter((name) => !isDeepStrictEqual(plain(before[name]), plain(after[name])))
}

function replacementOf(type: string, properties: readonly string[]): 'True' | 'False' | 'Conditional' {
  const listed = createOnly[type]
  if (listed === 'all') return properties.every((name) => name === 'Tags') ? 'False' : 'True'
  // What a type does that has no life here is not known; CloudFormation's own word for that.
  if (!listed) return 'Conditional'
  return properties.some((name) => listed.includes(name)) ? 'True' : 'False'
}
