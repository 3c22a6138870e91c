import { isOpened, openedDoors, type PermissionChange } from './opened-doors.ts'
import { fullDiff, ResourceImpact, type TemplateDiff } from '@aws-cdk/cloudformation-diff'

/** What CloudFormation will do with a resource. `may replace`: it depends on what only the account knows. */
export type Impact = 'create' | 'update' | 'replace' | 'may replace' | 'delete' | 'orphan'

/** One resource that a deployment touches. */
export interface ResourceChange {
  readonly id: string
  readonly type: string
  readonly impact: Impact
  /** Names of the properties that change, those that ask for a replacement marked. */
  readonly properties: readonly string[]
}

/** Everything that a deployment would change in one stack. */
export interface StackChanges {
  /** The template, `<environment>/<stack>.template.json`. */
  readonly file: string
  readonly kind: 'new' | 'changed' | 'gone'
  readonly resources: readonly ResourceChange[]
  readonly permissions: readonly PermissionChange[]
  readonly isBroadened: boolean
  /** Outputs and parameters that change: other stacks may import them. */
  readonly others: readonly string[]
}

const impacts: Readonly<Partial<Record<ResourceImpact, Impact>>> = {
  [ResourceImpact.WILL_CREATE]: 'create',
  [ResourceImpact.WILL_UPDATE]: 'update',
  [ResourceImpact.WILL_REPLACE]: 'replace',
  [ResourceImpact.MAY_REPLACE]: 'may replace',
  [ResourceImpact.WILL_DESTROY]: 'delete',
  [ResourceImpact.WILL_ORPHAN]: 'orphan',
}

/**
 * What changes from one set of templates to another, by stack; those that stay the same are left out. Which property needs a
 * replacement is CloudFormation's own schema, as AWS's template diff bundles it.
 */
export function templateChanges(
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
): StackChanges[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((file) => {
    const old = before.get(file)
    const now = after.get(file)
    const diff = fullDiff(old ?? {}, now ?? {})
    if (diff.isEmpty) return []
    const doors = openedDoors(old ?? {}, now ?? {})
    const kind = old == null ? ('new' as const) : now == null ? ('gone' as const) : ('changed' as const)
    return [
      {
        file,
        kind,
        resources: resourceChanges(diff),
        permissions: [...permissionChanges(diff), ...doors],
        isBroadened: diff.permissionsBroadened || doors.some(isOpened),
        others: otherChanges(diff),
      },
    ]
  })
}

function resourceChanges(diff: TemplateDiff): ResourceChange[] {
  return diff.resources.logicalIds.flatMap((id) => {
    const change = diff.resources.get(id)
    const impact = impacts[change.changeImpact]
    if (!change.isDifferent || !impact) return []
    const properties = Object.entries(change.propertyUpdates).map(([name, { changeImpact }]) =>
      changeImpact === ResourceImpact.WILL_REPLACE ? `${name} (replaces)` : name,
    )
    const type = change.newResourceType ?? change.oldResourceType ?? ''
    return [
      { id, type, impact, properties: [...properties, ...Object.keys(change.isUpdate ? change.otherChanges : {})] },
    ]
  })
}

function permissionChanges({ iamChanges, securityGroupChanges }: TemplateDiff): PermissionChange[] {
  const statement = (kind: PermissionChange['kind']) => (one: (typeof iamChanges.statements.additions)[number]) => {
    const actions = `${one.actions.not ? 'all but ' : ''}${one.actions.values.join(', ')}`
    const resources = `${one.resources.not ? 'all but ' : ''}${one.resources.values.join(', ')}`
    const principals = `${one.principals.not ? 'all but ' : ''}${one.principals.values.join(', ')}`
    const condition = one.condition == null ? '' : ` if ${JSON.stringify(one.condition)}`
    return { kind, what: `${one.effect} ${actions} on ${resources} for ${principals || 'nobody yet'}${condition}` }
  }
  const policy = (kind: PermissionChange['kind']) => (one: { identityArn: string; managedPolicyArn: string }) => ({
    kind,
    what: `${one.managedPolicyArn} for ${one.identityArn}`,
  })
  const rule =
    (kind: PermissionChange['kind'], verb: string) =>
    (one: { groupId: string; describeProtocol(): string; describePeer(): string }) => ({
      kind,
      what: `${verb} ${one.describeProtocol()}: ${one.describePeer()} at ${one.groupId}`,
    })
  return [
    ...iamChanges.statements.additions.map(statement('given')),
    ...iamChanges.statements.removals.map(statement('taken')),
    ...iamChanges.managedPolicies.additions.map(policy('given')),
    ...iamChanges.managedPolicies.removals.map(policy('taken')),
    ...securityGroupChanges.ingress.additions.map(rule('given', 'way in')),
    ...securityGroupChanges.ingress.removals.map(rule('taken', 'way in')),
    ...securityGroupChanges.egress.additions.map(rule('given', 'way out')),
    ...securityGroupChanges.egress.removals.map(rule('taken', 'way out')),
  ]
}

function otherChanges({ outputs, parameters, conditions, mappings }: TemplateDiff): string[] {
  return [
    ...outputs.logicalIds.map((id) => `output ${id}`),
    ...parameters.logicalIds.map((id) => `parameter ${id}`),
    ...conditions.logicalIds.map((id) => `condition ${id}`),
    ...mappings.logicalIds.map((id) => `mapping ${id}`),
  ]
}
