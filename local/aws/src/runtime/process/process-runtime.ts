import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { ContainerExit, RunningContainer, TaskRuntime } from '../task-runtime.ts'
import { containerCommand } from './container-command.ts'
import type { EntryPlan } from './entry-plan.ts'
import { findMemoryController, limitMemory, type MemoryLimit, removeGroup } from './memory-cgroup.ts'
import { abandoned, childrenOf, identify, isAlive, removeRecord, writeRecord } from './remains.ts'
import type { ProcessIdentity } from './remains.ts'
import { spawnIsolated } from './spawn-isolated.ts'
import { unpackedRoots } from './unpack-image.ts'

/** Names folders and cgroups: nothing that could leave them. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/**
 * Containers without an engine: Linux namespaces, through util-linux. `isRoot` false: in a user namespace.
 * @param stateFolder Holds one record for each running container.
 * @param cacheFolder Holds unpacked images, and what Node.js compiled in containers: one machine plays all the hosts of a cloud, and
 *   starting a service is the dearest that it does. For one emulator at a time.
 */
export function processRuntime(stateFolder: string, isRoot: boolean, cacheFolder: string): TaskRuntime {
  const containers = join(stateFolder, 'containers')
  const roots = unpackedRoots(join(cacheFolder, 'images'), isRoot)
  const memory = isRoot ? findMemoryController() : undefined
  const owner = identify(process.pid)
  if (!owner) throw new Error('Expected /proc to tell about this process, found nothing.')
  return {
    name: 'process',
    notes: memory ? [] : ['The memory of tasks is not limited: there is no memory cgroup that may be written.'],
    async start(spec) {
      if (!idPattern.test(spec.id))
        throw new Error(`Expected a container id of letters, digits, . _ -, found ${spec.id}`)
      const image = await roots.root(spec.image)
      const hostname = spec.id.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 63)
      const command = containerCommand(spec, image, hostname)
      const base = join(containers, spec.id)
      await mkdir(base, { recursive: true })
      const limit = memory && limitMemory(memory, `sluice-${spec.id}`, spec.memoryMiB)
      const remove = async () => {
        await limit?.remove()
        await removeRecord(containers, spec.id)
      }
      const { readonlyRootFilesystem } = spec
      const cgroups = limit ? [limit.procs] : []
      const compiled = await compiledCode(cacheFolder)
      const plan: EntryPlan = { base, image, hostname, readonlyRootFilesystem, cgroups, isRoot, compiled, command }
      try {
        const isolated = spawnIsolated(plan, spec.onOutput)
        // Before it is ready: a kill from here on leaves a record.
        const container = identify(isolated.pid)
        if (container) {
          const record = { container, owner, ...(limit ? { cgroup: limit.folder } : {}) }
          await writeRecord(containers, spec.id, record)
        }
        await isolated.ready
        return running(isolated, limit, remove)
      } catch (cause) {
        await remove()
        const said = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`CannotStartContainerError: ${said}`, { cause })
      }
    },
    prepare: async (image) => void (await roots.root(image)),
    async sweep() {
      for (const { id, record } of await abandoned(containers)) {
        if (record) await end(record.container)
        if (record?.cgroup !== undefined) await removeGroup(record.cgroup)
        await removeRecord(containers, id)
      }
    },
  }
}

/** A folder that every user of every container may write; Node.js takes nothing from it that does not fit the source. */
async function compiledCode(cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, 'compiled')
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o1777)
  return folder
}

function running(
  isolated: ReturnType<typeof spawnIsolated>,
  limit: MemoryLimit | undefined,
  remove: () => Promise<void>,
): RunningContainer {
  const exited = isolated.exited.then(async (exitCode): Promise<ContainerExit> => {
    const outOfMemory = limit?.wasExceeded() ?? false
    await remove()
    return outOfMemory ? { exitCode, reason: 'OutOfMemoryError: Container killed due to memory usage' } : { exitCode }
  })
  return {
    exited,
    async stop(graceMilliseconds) {
      const init = childrenOf(isolated.pid)[0]
      const program = init === undefined ? undefined : childrenOf(init)[0]
      if (program !== undefined) signal(program, 'SIGTERM')
      const kill = setTimeout(() => isolated.kill(), graceMilliseconds)
      try {
        return await exited
      } finally {
        clearTimeout(kill)
      }
    },
  }
}

async function end(container: ProcessIdentity): Promise<void> {
  // With the outermost process ends PID 1 of the namespace (--kill-child), and with that everything inside.
  while (isAlive(container)) {
    signal(container.pid, 'SIGKILL')
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause
  }
}
