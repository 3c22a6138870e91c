import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A limit on a container's memory, and whether the kernel had to enforce it. */
export interface MemoryLimit {
  readonly folder: string
  /** A process that writes `0` here joins. */
  readonly procs: string
  /** Whether the kernel killed a process of it for want of memory. */
  wasExceeded(): boolean
  remove(): Promise<void>
}

/** Where limits can be made: the folder under which a group's folder is created, and the kernel's dialect. */
export interface MemoryController {
  readonly version: 1 | 2
  readonly folder: string
}

const mounts = { 1: '/sys/fs/cgroup/memory', 2: '/sys/fs/cgroup' } as const

/**
 * The memory controller that this process may use: version 1 below its own group, version 2 in the nearest group above it
 * that hands the controller down. `undefined` when there is none that it may write.
 */
export function findMemoryController(): MemoryController | undefined {
  const groups = readFileSync('/proc/self/cgroup', 'utf8').split('\n')
  const own = (matches: (controllers: string) => boolean) =>
    groups
      .map((line) => line.split(':'))
      .find(([, controllers]) => matches(controllers ?? ' '))
      ?.slice(2)
      .join(':')
  const first = own((controllers) => controllers.split(',').includes('memory'))
  const second = own((controllers) => controllers === '')
  const candidates: MemoryController[] = []
  if (first !== undefined) candidates.push({ version: 1, folder: join(mounts[1], first) })
  for (let path = second; path !== undefined; path = path === '/' ? undefined : dirname(path)) {
    candidates.push({ version: 2, folder: join(mounts[2], path) })
  }
  return candidates.find((candidate) => works(candidate))
}

/** Makes the group of one container. */
export function limitMemory(controller: MemoryController, name: string, mebibytes: number): MemoryLimit {
  const folder = join(controller.folder, name)
  mkdirSync(folder, { recursive: true })
  const bytes = String(mebibytes * 2 ** 20)
  if (controller.version === 1) {
    writeFileSync(join(folder, 'memory.limit_in_bytes'), bytes)
    // Swap would let it grow past its limit; kernels without swap accounting have no such file.
    writeIfThere(join(folder, 'memory.memsw.limit_in_bytes'), bytes)
  } else {
    writeFileSync(join(folder, 'memory.max'), bytes)
    writeIfThere(join(folder, 'memory.swap.max'), '0')
  }
  const events = join(folder, controller.version === 1 ? 'memory.oom_control' : 'memory.events')
  return {
    folder,
    procs: join(folder, 'cgroup.procs'),
    wasExceeded: () => /^oom_kill [1-9]/m.test(existsSync(events) ? readFileSync(events, 'utf8') : ''),
    remove: () => removeGroup(folder),
  }
}

/**
 * Removes a group. The kernel calls it busy for a moment after its last process was killed; one that stays busy is left to the
 * next sweep.
 */
export async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      rmdirSync(folder)
      return
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      if (code === 'ENOENT') return
      if (code !== 'EBUSY') throw cause
      await sleep(20)
    }
  }
}

function works(controller: MemoryController): boolean {
  const probe = `sluice-probe-${process.pid}`
  try {
    limitMemory(controller, probe, 64)
    return true
  } catch {
    return false
  } finally {
    removeQuietly(join(controller.folder, probe))
  }
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It was never made, or cannot be written: then it cannot be left behind either.
  }
}

function writeIfThere(file: string, text: string): void {
  if (existsSync(file)) writeFileSync(file, text)
}
