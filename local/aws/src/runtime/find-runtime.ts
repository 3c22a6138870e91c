import { join } from 'node:path'

import { dockerRuntime } from './docker/docker-runtime.ts'
import { findEngine } from './docker/find-engine.ts'
import { findNamespaces } from './process/probe.ts'
import { processRuntime } from './process/process-runtime.ts'
import type { RuntimeAvailability } from './task-runtime.ts'

/** Which runtime is asked for, and where it may keep its state. */
export interface RuntimeChoice {
  /** `auto`: docker when an engine answers, otherwise process. */
  readonly wanted: 'auto' | 'docker' | 'process'
  readonly stateFolder: string
  /** What may outlive the state, for it can be made again: unpacked images, compiled code. In the state folder without one. */
  readonly cacheFolder?: string | undefined
}

/** Finds where containers can run on this machine; when they cannot, says why for each runtime that was tried. */
export async function findRuntime({ wanted, stateFolder, cacheFolder }: RuntimeChoice): Promise<RuntimeAvailability> {
  const reasons: string[] = []
  if (wanted !== 'process') {
    const found = await findEngine()
    if ('engine' in found) {
      return { available: true, runtime: dockerRuntime(found.engine, found.address, stateFolder) }
    }
    reasons.push(found.reason)
  }
  if (wanted !== 'docker') {
    const namespaces = findNamespaces()
    if ('asRoot' in namespaces) {
      const state = join(stateFolder, 'process-runtime')
      return { available: true, runtime: processRuntime(state, namespaces.asRoot, cacheFolder ?? state) }
    }
    reasons.push(namespaces.reason)
  }
  return { available: false, reason: reasons.join(' ') }
}
