import { spawnSync } from 'node:child_process'

import { hostPath, isolation } from './spawn-isolated.ts'

/** Why this machine cannot isolate processes, in one sentence; `undefined` when it can. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux') return `The process runtime needs Linux; this is ${process.platform}.`
  const isRoot = process.getuid?.() === 0
  const { status, error, stderr } = spawnSync(
    'setpriv',
    [...isolation(isRoot), 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'],
    {
      env: { PATH: hostPath, LC_ALL: 'C' },
      encoding: 'utf8',
    },
  )
  if (status === 0) return undefined
  const said = error?.message ?? stderr.trim()
  return isRoot
    ? `The process runtime needs mount and PID namespaces (util-linux 2.36 or newer, and the right to use them): ${said}`
    : `The process runtime needs root or user namespaces: ${said}`
}
