import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'

/** Where one delivery keeps what it needs while it runs, and what it leaves for people. Both are git-ignored. */
export interface RunFolder {
  readonly id: string
  /** `.sluice/runs/<id>`: summaries, evidence, bundles, report.json. Kept. */
  readonly results: string
  /** `.sluice/state`: repositories, databases, logs of the emulators. One run at a time; made anew by the next. */
  readonly state: string
  /** `.sluice/cache`: unpacked images and compiled code, which the next run need not make again. */
  readonly cache: string
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
  const former = await readOwner(owner)
  if (former && isAlive(former)) {
    throw new ConfigurationError([
      {
        message: `another delivery of this checkout is running (process ${former.pid})`,
        hint: 'wait for it, or end it with Ctrl-C',
      },
    ])
  }
  await sweep(state)
  const cleared = await setAside(root, state)
  await mkdir(join(state, 'tmp'), { recursive: true })
  await writeFile(owner, JSON.stringify({ pid: process.pid, startTime: startTime(process.pid) }))

  const id = `${now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}-${commit.slice(0, 7)}`
  const results = join(root, 'runs', id)
  await mkdir(results, { recursive: true })
  await rm(join(root, 'latest'), { force: true })
  await symlink(join('runs', id), join(root, 'latest'))
  return { id, results, state, cache: join(root, 'cache'), release: () => release(owner, cleared) }
}

/**
 * Takes the former state out of the way and removes it while the delivery runs: its thirty thousand files take seconds. What
 * a run before this one did not get to remove is removed too. Gives the removal's end.
 */
async function setAside(root: string, state: string): Promise<Promise<unknown>[]> {
  await mkdir(root, { recursive: true })
  await rename(state, join(root, `former-${process.pid}-${Date.now()}`)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  const former = (await readdir(root)).filter((name) => name.startsWith('former-'))
  return former.map((name) => removeInBackground(join(root, name)))
}

/** Removes a folder with what processor time nobody else wants; a program of its own, because priorities are a process's. */
async function removeInBackground(folder: string): Promise<void> {
  const removal = spawn('rm', ['-rf', folder], { stdio: 'ignore' })
  const ended = once(removal, 'close').catch(() => undefined)
  if (removal.pid != null) setPriority(removal.pid, constants.priority.PRIORITY_LOW)
  await ended
}

async function release(owner: string, cleared: readonly Promise<unknown>[]): Promise<void> {
  await Promise.all(cleared)
  await rm(owner, { force: true })
}

interface Owner {
  readonly pid: number
  /** Clock ticks after boot, where `/proc` tells: a number alone is given to another process sooner or later. */
  readonly startTime?: string
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function isAlive({ pid, startTime: began }: Owner): boolean {
  try {
    process.kill(pid, 0)
    return pid !== process.pid && (began == null || began === startTime(pid))
  } catch {
    return false
  }
}

/** Field 22 of proc_pid_stat(5); `undefined` where there is no `/proc`. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
