import type { Scope } from './intrinsics.ts'
import { references } from './intrinsics.ts'

/** A CloudFormation template: the parts that are read. */
export interface Template {
  readonly Description?: string
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

export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  readonly Condition?: string
}

/** The values of a template's parameters: what is given, else their defaults. Throws an `Error` that names those without. */
export function parameterValues(
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

/** Logical ids so that what is referred to comes first. Throws an `Error` when they go round in a circle. */
export function inOrder({ Resources }: Template): string[] {
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
