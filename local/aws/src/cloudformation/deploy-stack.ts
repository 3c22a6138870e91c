import { createHash } from 'node:crypto'
import type { StateStore } from '../state-store.ts'
import { conditionHolds, references, resolveValue, type Scope } from './intrinsics.ts'
import type { CreatedResource, ResourceTypes } from './resource-types.ts'

/** A CloudFormation template: the parts that are read. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>
  readonly Mappings?: Scope['mappings']
  readonly Conditions?: Scope['conditions']
  readonly Resources: Readonly<Record<string, TemplateResource>>
  readonly Outputs?: Readonly<
    Record<
      string,
      { readonly Value: unknown; readonly Export?: { readonly Name: unknown }; readonly Condition?: string }
    >
  >
}

interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  readonly Condition?: string
}

/** What a stack left behind: enough to update it and to answer references to it. */
export interface StackRecord {
  readonly resources: Readonly<Record<string, CreatedResource & { readonly type: string; readonly hash: string }>>
  readonly exports: Readonly<Record<string, unknown>>
}

export interface StackResult {
  readonly outputs: Readonly<Record<string, string>>
  /** Logical ids that were made or changed for real. */
  readonly created: readonly string[]
  /** Types that have no life on one machine: taken note of, with an id that follows from the name. */
  readonly acknowledged: readonly string[]
}

/**
 * Makes what a synthesized template holds, in the order of its references. A second deployment changes only what differs.
 * Throws an `Error` that names the logical id of what failed; what was made before it stays, and is found again.
 */
export async function deployStack(options: {
  readonly name: string
  readonly template: Template
  readonly parameters: Readonly<Record<string, string>>
  readonly account: string
  readonly region: string
  readonly types: ResourceTypes
  readonly stacks: StateStore<StackRecord>
}): Promise<StackResult> {
  const { name, template, types, stacks, account, region } = options
  const before = stacks.get(name)?.resources ?? {}
  const made: Record<string, CreatedResource & { type: string; hash: string }> = {}
  const scope: Scope = {
    parameters: parameterValues(template, options.parameters, name),
    mappings: template.Mappings ?? {},
    conditions: template.Conditions ?? {},
    pseudo: {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${name}/${physicalId(name, '')}`,
      'AWS::NotificationARNs': [],
    },
    ref: (logicalId) => find(made, logicalId).ref,
    getAtt: (logicalId, attribute) => {
      const { attributes, type } = find(made, logicalId)
      if (attributes[attribute] != null) return attributes[attribute]
      // A type that is only taken note of has attributes that follow from its name, so that templates stay resolvable.
      if (!types[type])
        return attribute.endsWith('Arn')
          ? `arn:aws:local:${region}:${account}:${name}/${logicalId}`
          : `${name}-${logicalId}-${attribute}`
      throw new Error(`${type} has no attribute ${attribute} in sluice's local CloudFormation`)
    },
    importValue: (exported) => {
      for (const [, { exports }] of stacks.entries()) if (exported in exports) return exports[exported]
      throw new Error(`no stack exports ${exported}`)
    },
  }
  const created: string[] = []
  const acknowledged = new Set<string>()
  for (const logicalId of inOrder(template)) {
    const resource = template.Resources[logicalId]
    if (!resource || !conditionHolds(resource.Condition, scope)) continue
    const type = types[resource.Type]
    try {
      const properties = (resolveValue(resource.Properties ?? {}, scope) ?? {}) as Record<string, unknown>
      const hash = createHash('sha256').update(JSON.stringify(properties)).digest('hex')
      const existing = before[logicalId]
      if (!type) {
        acknowledged.add(resource.Type)
        made[logicalId] = { type: resource.Type, hash, ref: physicalId(name, logicalId), attributes: {} }
      } else if (existing?.hash === hash) {
        made[logicalId] = existing
      } else {
        const generated = physicalId(name, logicalId)
        made[logicalId] = {
          ...(await type(properties, { generated, existing, account, region })),
          type: resource.Type,
          hash,
        }
        created.push(logicalId)
      }
    } catch (error) {
      stacks.set(name, { resources: { ...before, ...made }, exports: stacks.get(name)?.exports ?? {} })
      throw new Error(`stack ${name}: ${logicalId} (${resource.Type}): ${(error as Error).message}`, { cause: error })
    }
  }
  const outputs: Record<string, string> = {}
  const exports: Record<string, unknown> = {}
  for (const [key, output] of Object.entries(template.Outputs ?? {})) {
    if (!conditionHolds(output.Condition, scope)) continue
    const value = resolveValue(output.Value, scope)
    outputs[key] = String(value)
    if (output.Export) exports[String(resolveValue(output.Export.Name, scope))] = value
  }
  stacks.set(name, { resources: made, exports })
  return { outputs, created, acknowledged: [...acknowledged].sort() }
}

function parameterValues(
  template: Template,
  given: Readonly<Record<string, string>>,
  stack: string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const missing: string[] = []
  for (const [key, { Default }] of Object.entries(template.Parameters ?? {})) {
    const value = given[key] ?? Default
    if (value == null) missing.push(key)
    values[key] = value
  }
  if (missing.length > 0)
    throw new Error(`stack ${stack}: expected values for the parameters ${missing.join(', ')}, found none`)
  return values
}

function find<Made>(made: Readonly<Record<string, Made>>, logicalId: string): Made {
  const resource = made[logicalId]
  if (!resource) throw new Error(`nothing in the template is called ${logicalId}`)
  return resource
}

/** Ids such as CloudFormation makes them, but the same every time. */
function physicalId(stack: string, logicalId: string): string {
  return `${stack}-${logicalId}-${createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 12)}`
}

/** Logical ids so that what is referred to comes first. Throws when they go round in a circle. */
function inOrder({ Resources }: Template): string[] {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (logicalId: string, path: readonly string[]) => {
    const resource = Resources[logicalId]
    if (!resource || state.get(logicalId) === 'done') return
    if (state.get(logicalId) === 'open')
      throw new Error(`resources wait for each other: ${[...path, logicalId].join(' -> ')}`)
    state.set(logicalId, 'open')
    const needed = new Set([...references(resource.Properties), ...[resource.DependsOn ?? []].flat()])
    for (const other of needed) visit(other, [...path, logicalId])
    state.set(logicalId, 'done')
    order.push(logicalId)
  }
  for (const logicalId of Object.keys(Resources)) visit(logicalId, [])
  return order
}
