import { createHash } from 'node:crypto'
import { conditionHolds, resolveValue } from './intrinsics.ts'
import type { StackRecord, StackResource } from './stack-record.ts'
import { physicalId, stackScope, type StackPlace } from './stack-scope.ts'
import { inOrder, type Template } from './template.ts'

export interface StackResult {
  readonly outputs: Readonly<Record<string, string>>
  /** Logical ids that were made or changed for real. */
  readonly created: readonly string[]
  /** Types that have no life on one machine: taken note of, with an id that follows from the name. */
  readonly acknowledged: readonly string[]
}

/** A template with the values of its parameters, under a stack's name. */
export interface StackInput {
  readonly name: string
  readonly template: Template
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * Makes what a synthesized template holds, in the order of its references. A second deployment changes only what differs.
 * Throws an `Error` that names the logical id of what failed; what was made before it stays, and is found again.
 */
export async function deployStack({
  now = () => new Date(),
  settle,
  ends,
  ...options
}: StackInput &
  StackPlace & {
    readonly now?: () => Date
    /** Waits for what was made or changed before the stack counts as deployed. Throws an `Error` when it failed. */
    readonly settle?: (changed: readonly StackResource[]) => Promise<void>
    /** How the stack is called at the end, and why; by what was there before without it. */
    readonly ends?: { readonly done: string; readonly failed: string; readonly reason?: string }
  }): Promise<StackResult> {
  const { name, template, types, stacks, account, region } = options
  const known = stacks.get(name)
  const before = known?.resources ?? {}
  const verb = known?.createdAt == null ? 'CREATE' : 'UPDATE'
  const { done, failed, reason } = ends ?? { done: `${verb}_COMPLETE`, failed: `${verb}_FAILED` }
  const made: Record<string, StackResource> = {}
  const scope = stackScope(options, options, (logicalId) => {
    const resource = made[logicalId]
    if (!resource) throw new Error(`nothing in the template is called ${logicalId}`)
    return resource
  })
  const leave = (resources: StackRecord['resources'], why: string) =>
    stacks.set(name, { ...known, resources, exports: known?.exports ?? {}, status: failed, reason: why })
  const created: string[] = []
  const acknowledged = new Set<string>()
  for (const logicalId of inOrder(template)) {
    const resource = template.Resources[logicalId]
    if (!resource || !conditionHolds(resource.Condition, scope)) continue
    const type = types[resource.Type]
    try {
      const properties = (resolveValue(resource.Properties ?? {}, scope) ?? {}) as Record<string, unknown>
      const hash = hashOf(properties)
      const existing = before[logicalId]
      if (!type) {
        acknowledged.add(resource.Type)
        made[logicalId] = {
          type: resource.Type,
          hash,
          properties,
          ref: physicalId(name, logicalId),
          attributes: {},
        }
      } else if (existing?.hash === hash) {
        made[logicalId] = { ...existing, properties }
      } else {
        const generated = physicalId(name, logicalId)
        const context = { generated, existing, before: existing?.properties, account, region }
        const { ref, attributes } = await type(properties, context)
        made[logicalId] = { ref, attributes, type: resource.Type, hash, properties }
        created.push(logicalId)
      }
    } catch (error) {
      const why = `${logicalId} (${resource.Type}): ${(error as Error).message}`
      leave({ ...before, ...made }, why)
      throw new Error(`stack ${name}: ${why}`, { cause: error })
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
  if (settle) {
    try {
      await settle(created.flatMap((logicalId) => made[logicalId] ?? []))
    } catch (error) {
      // Changed all the same: a way back has to know.
      leave(made, (error as Error).message)
      throw error
    }
  }
  const at = now().toISOString()
  stacks.set(name, {
    resources: made,
    exports,
    outputs,
    template,
    parameters: options.parameters,
    status: done,
    ...(reason == null ? {} : { reason }),
    createdAt: known?.createdAt ?? at,
    ...(known?.createdAt == null ? {} : { updatedAt: at }),
  })
  return { outputs, created, acknowledged: [...acknowledged].sort() }
}

/** Tells resolved properties apart. */
export const hashOf = (properties: object): string =>
  createHash('sha256').update(JSON.stringify(properties)).digest('hex')
