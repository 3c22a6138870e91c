import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'

/** Where one delivery keeps what it needs while it runs, and what it leaves for people. Both are git-ignored. */
export interface RunFolder {
  readonly id: string
  /** `.sluice/runs/<id>`: summaries, evidence, bundles, report.json. Kept. */
  readonly results: string
  /** `.sluice/state`: repositories, databases, images, logs of the emulators. One run at a time; made anew by the next. */
  readonly state: string
  release(): Promise<void>
}

/**
 * Takes the checkout's state folder for this process. What a killed run left in it is handed to `sweep` before it is
 * removed. Throws a `ConfigurationError` while another delivery of this checkout runs.
 */
export async function openRunFolder(
  checkout: string,
  commit: string,
  now: Date,
  sweep: (state: string) => Promise<void>,
): Promise<RunFolder> {
  const root = join(checkout, '.sluice')
  const state = join(root, 'state')
  const owner = join(state, 'owner.json')
  const pid = await readOwner(owner)
  if (pid != null && isAlive(pid)) {
    throw new ConfigurationError([
      {
        message: `another delivery of this checkout is running (process ${pid})`,
        hint: 'wait for it, or end it with Ctrl-C',
      },
    ])
  }
  await sweep(state)
  await rm(state, { recursive: true, force: true })
  await mkdir(state, { recursive: true })
  await writeFile(owner, JSON.stringify({ pid: process.pid }))

  const id = `${now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}-${commit.slice(0, 7)}`
  const results = join(root, 'runs', id)
  await mkdir(results, { recursive: true })
  await rm(join(root, 'latest'), { force: true })
  await symlink(join('runs', id), join(root, 'latest'))
  return { id, results, state, release: () => rm(owner, { force: true }) }
}

async function readOwner(file: string): Promise<number | undefined> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch {
    return false
  }
}
