import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sweepTasks } from '@sluice/local/aws'

/** Every program of a delivery has this variable, with the delivery's state folder: however it was started, it can be found. */
export const stateVariable = 'SLUICE_STATE'

/** How long killed processes may take to be gone, in milliseconds. */
const goneLimit = 5000

/** Ends what a killed delivery left behind: its tasks, and every process that was started for it. */
export async function sweepRun(state: string): Promise<void> {
  await sweepTasks(join(state, 'aws'))
  const until = performance.now() + goneLimit
  for (;;) {
    const left = await processesOf(state)
    if (left.length === 0) return
    if (performance.now() > until) {
      throw new Error(`processes of a delivery that was killed do not end: ${left.join(', ')}; end them by hand`)
    }
    for (const pid of left) kill(pid)
    await sleep(50)
  }
}

/** By `/proc`; where there is none (macOS), programs end by themselves when they find the endpoint gone. */
async function processesOf(state: string): Promise<number[]> {
  const marker = `${stateVariable}=${state}`
  const found: number[] = []
  for (const entry of await readdir('/proc').catch(() => [])) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    // Another user's process, or one that has ended meanwhile, cannot be read and is none of ours.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (environment.split('\0').includes(marker)) found.push(pid)
  }
  return found
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
