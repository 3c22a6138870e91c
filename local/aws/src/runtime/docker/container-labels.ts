import { createHash } from 'node:crypto'

import { identify, isAlive, type ProcessIdentity } from '../process/remains.ts'
import type { Engine } from './engine.ts'

/** Which state folder a container belongs to, and which process started it. */
export const labels = { state: 'sluice.state', owner: 'sluice.owner' } as const

interface Listed {
  readonly Id: string
  readonly Labels: Readonly<Record<string, string>>
}

/** A state folder's name in labels and container names. */
export function stateLabel(stateFolder: string): string {
  return createHash('sha256').update(stateFolder).digest('hex').slice(0, 12)
}

/** This process, for the label. */
export function ownerLabel(): string {
  const own = identify(process.pid) ?? { pid: process.pid, startTime: '', boot: '' }
  return JSON.stringify(own)
}

/** Removes the containers of a state folder whose owner is gone; with `owner`, those of that owner, alive or not. */
export async function removeContainers(engine: Engine, state: string, owner?: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${labels.state}=${state}`] }))
  const listed = await engine.call<Listed[]>('GET', `/containers/json?all=true&filters=${filters}`)
  const leftover = listed.filter(({ Labels }) => {
    const found = Labels[labels.owner] ?? ''
    return owner === undefined ? !isRunning(found) : found === owner
  })
  await Promise.all(leftover.map(({ Id }) => engine.call('DELETE', `/containers/${Id}?force=true&v=true`)))
}

function isRunning(owner: string): boolean {
  if (owner === ownerLabel()) return true
  try {
    return isAlive(JSON.parse(owner) as ProcessIdentity)
  } catch {
    return false
  }
}
