import type { Permissions } from '../workflow/model.ts'

const ranks = ['none', 'read', 'write']

/** A called workflow can lower what its caller has, never raise it. */
export function atMost(wanted: Permissions, limit: Permissions | undefined): Permissions {
  if (!limit) return wanted
  return Object.fromEntries(
    Object.entries(wanted).map(([scope, level]) => [
      scope,
      ranks[Math.min(ranks.indexOf(level), ranks.indexOf(limit[scope] ?? 'none'))] ?? 'none',
    ]),
  )
}

/** The token of a fork's run reads, and proves nothing (GitHub: "Permissions for the GITHUB_TOKEN"). */
export function readOnly(permissions: Permissions): Permissions {
  const { 'id-token': _, ...others } = permissions
  return Object.fromEntries(Object.entries(others).map(([scope, level]) => [scope, level === 'write' ? 'read' : level]))
}
