import { join } from 'node:path'

import { ConfigurationError } from '@sluice/core/failure'

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
  const found = await probe(wanted)
  if ('reason' in found) return { available: false, reason: found.reason }
  if ('engine' in found) {
    return { available: true, runtime: dockerRuntime(found.engine, found.address, stateFolder) }
  }
  const state = join(stateFolder, 'process-runtime')
  return { available: true, runtime: processRuntime(state, found.asRoot, cacheFolder ?? state) }
}

/** Throws a `ConfigurationError` that says why where no container can run; starts and writes nothing. */
export async function expectRuntime(wanted: RuntimeChoice['wanted']): Promise<void> {
  const found = await probe(wanted)
  if ('reason' in found) throw noRuntime(wanted, found.reason)
}

/** What a reader can mend where there is no runtime. */
export function noRuntime(wanted: RuntimeChoice['wanted'], reason: string): ConfigurationError {
  const message = `no runtime for tasks (${wanted}): ${reason}`
  return new ConfigurationError([{ message, hint: 'start a Docker engine, or run on Linux as root' }])
}

async function probe(wanted: RuntimeChoice['wanted']) {
  const reasons: string[] = []
  if (wanted !== 'process') {
    const found = await findEngine()
    if ('engine' in found) return found
    reasons.push(found.reason)
  }
  if (wanted !== 'docker') {
    const namespaces = findNamespaces()
    if ('asRoot' in namespaces) return namespaces
    reasons.push(namespaces.reason)
  }
  return { reason: reasons.join(' ') }
}
