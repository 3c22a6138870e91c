import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A process that cannot be taken for another: a number alone is used again. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks after boot (proc_pid_stat(5), field 22). */
  readonly startTime: string
  readonly boot: string
}

/** What is known of a container while it runs, on disk, so that a later run can end what a killed run left. */
export interface ContainerRecord {
  readonly container: ProcessIdentity
  readonly owner: ProcessIdentity
  readonly cgroup?: string
}

/** `undefined` when there is no such process. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    if (startTime === undefined || state === 'Z') return undefined
    return { pid, startTime, boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() }
  } catch (cause) {
    if (['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined
    throw cause
  }
}

/** Whether exactly this process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid)
  return now !== undefined && now.startTime === process.startTime && now.boot === process.boot
}

/** The children of a process, by `/proc`. */
export function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return children === '' ? [] : children.split(' ').map(Number)
  } catch {
    return []
  }
}

export async function writeRecord(folder: string, id: string, record: ContainerRecord): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${id}.json`), JSON.stringify(record))
}

/** The records of containers whose owner is gone. Those of a run that still works are not touched. */
export async function abandoned(
  folder: string,
): Promise<Array<{ readonly id: string; readonly record?: ContainerRecord }>> {
  const files = await readdir(folder).catch(() => [])
  const found = []
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const id = file.slice(0, -'.json'.length)
    const record = parse(await readFile(join(folder, file), 'utf8'))
    if (record === undefined) found.push({ id })
    else if (!isAlive(record.owner)) found.push({ id, record })
  }
  return found
}

export async function removeRecord(folder: string, id: string): Promise<void> {
  await rm(join(folder, `${id}.json`), { force: true })
  await rm(join(folder, id), { recursive: true, force: true })
}

/** A record cut short by a kill names no process; there is nothing to end. */
function parse(text: string): ContainerRecord | undefined {
  try {
    return JSON.parse(text) as ContainerRecord
  } catch {
    return undefined
  }
}
