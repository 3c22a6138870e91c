import { join } from 'node:path'

import { findRuntime } from './find-runtime.ts'

/**
 * Ends the tasks that a killed emulator left behind, in every runtime that this machine has. To be called before the state
 * folder is removed: what was started is known from there.
 * @param stateFolder The one that `startAws` was given.
 */
export async function sweepTasks(stateFolder: string): Promise<void> {
  for (const wanted of ['docker', 'process'] as const) {
    const found = await findRuntime({ wanted, stateFolder: join(stateFolder, 'runtime') })
    if (found.available) await found.runtime.sweep()
  }
}
