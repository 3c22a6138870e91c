import { isGranted, type Ask, type Grant } from '../../../infra/test/identity/evaluate.ts'

/** A role that jobs take, and what its template lets it do. */
export interface Role {
  readonly name: string
  /** `deploy` of `sluice-deploy-prod`. */
  readonly kind: string
  readonly statements: readonly Grant[]
}

/** A line of the call log of `local/aws`, as far as it is compared. */
export interface RecordedCall {
  readonly principal: string
  readonly asks?: readonly Ask[]
}

/** Actions that a role keeps although the delivery did not need them, by kind, each with its reason. */
export type Reserved = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Comparison {
  /** What was called and is not granted. */
  readonly missing: readonly string[]
  /** What is granted to roles of a kind and was called by none of them, and has no reason. */
  readonly unused: readonly string[]
  /** Reasons for what is not granted, or was called after all. */
  readonly idle: readonly string[]
}

const roleOf = (principal: string): string | undefined => /:assumed-role\/([^/]+)\//.exec(principal)?.[1]

/**
 * The policies of roles against the calls of a delivery, resources and conditions included. Roles of a kind share their reasons: what
 * one environment does not need (a rolling rollout has no pauses), another one does.
 */
export function compareUse(roles: readonly Role[], calls: readonly RecordedCall[], reserved: Reserved): Comparison {
  const byName = new Map(roles.map((role) => [role.name, role]))
  const used = new Set<string>()
  const missing = new Set<string>()
  for (const { principal, asks = [] } of calls) {
    const name = roleOf(principal)
    if (name == null) continue
    const role = byName.get(name)
    for (const ask of asks) {
      used.add(`${role?.kind} ${ask.action}`)
      if (!role || !isGranted(role.statements, ask)) missing.add(`${name}: ${ask.action} on ${ask.resource}`)
    }
  }
  const granted = new Set(
    roles.flatMap(({ kind, statements }) =>
      statements.flatMap(({ Action }) => Action.map((action) => `${kind} ${action}`)),
    ),
  )
  const reasons = new Set(
    Object.entries(reserved).flatMap(([kind, actions]) => Object.keys(actions).map((action) => `${kind} ${action}`)),
  )
  return {
    missing: [...missing].sort(),
    unused: [...granted].filter((one) => !used.has(one) && !reasons.has(one)).sort(),
    idle: [...reasons].filter((one) => !granted.has(one) || used.has(one)).sort(),
  }
}
