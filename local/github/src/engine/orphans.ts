import { readdir, readFile } from 'node:fs/promises'

/** The runner marks every process of a job so (actions/runner, `JobExtension`): what a step let go of can still be found. */
export const trackingVariable = 'RUNNER_TRACKING_ID'

/**
 * Ends the processes of a job that outlived its steps, those too that have left their step's process group, and gives what they
 * were. By `/proc`; where there is none (macOS) only the groups end.
 */
export async function endOrphans(
  trackingId: string,
): Promise<readonly { readonly pid: number; readonly name: string }[]> {
  const marker = `${trackingVariable}=${trackingId}`
  const ended = []
  for (const pid of (await readdir('/proc').catch(() => [])).map(Number)) {
    if (!Number.isInteger(pid) || pid === process.pid) continue
    // Another user's process, or one that has ended meanwhile, cannot be read and is none of ours.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(marker)) continue
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()
    try {
      process.kill(pid, 'SIGKILL')
      ended.push({ pid, name })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  return ended
}
