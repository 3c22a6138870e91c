import { spawnSync } from 'node:child_process'

import { hostPath, isolation } from './spawn-isolated.ts'

/** How processes can be isolated here: as root, or in a user namespace; or why not, in one sentence. */
export type Namespaces = { readonly asRoot: boolean } | { readonly reason: string }

/** Tries it: with all rights where there are any, else with those of a user namespace. */
export function findNamespaces(): Namespaces {
  if (process.platform !== 'linux') return { reason: `The process runtime needs Linux; this is ${process.platform}.` }
  const isRoot = process.getuid?.() === 0
  const asRoot = isRoot ? whyNot(true) : 'this user is not root'
  if (asRoot === undefined) return { asRoot: true }
  const asUser = whyNot(false)
  if (asUser === undefined) return { asRoot: false }
  const needs = 'The process runtime needs root or user namespaces, and util-linux 2.36 or newer'
  return { reason: `${needs}: ${asRoot}; in a user namespace: ${asUser}` }
}

/** Why this machine cannot isolate processes; `undefined` when it can. */
export function whyNoNamespaces(): string | undefined {
  const found = findNamespaces()
  return 'reason' in found ? found.reason : undefined
}

function whyNot(asRoot: boolean): string | undefined {
  const command = [...isolation(asRoot), 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']
  const options = { env: { PATH: hostPath, LC_ALL: 'C' }, encoding: 'utf8' } as const
  const { status, error, stderr } = spawnSync('setpriv', command, options)
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}
