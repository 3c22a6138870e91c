import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { containerArgv } from '../container-argv.ts'
import { eachLine } from '../output-lines.ts'
import type { ContainerExit, ContainerSpec, RunningContainer, TaskRuntime, UnpackedImage } from '../task-runtime.ts'
import { labels, ownerLabel, removeContainers, stateLabel } from './container-labels.ts'
import { type Engine, type EngineAddress, EngineError } from './engine.ts'
import { imageArchive } from './image-archive.ts'
import { splitFrames } from './output-frames.ts'

/** Containers of a docker engine, on the host's network. */
export function dockerRuntime(engine: Engine, address: EngineAddress, stateFolder: string): TaskRuntime {
  const state = stateLabel(stateFolder)
  const owner = ownerLabel()
  const loading = new Map<string, Promise<string>>()
  let isWatched = false
  const load = (image: UnpackedImage) => {
    const known = loading.get(image.digest) ?? loadImage(engine, image)
    loading.set(image.digest, known)
    known.catch(() => loading.delete(image.digest))
    return known
  }
  return {
    name: 'docker',
    async start(spec) {
      const image = await load(spec.image)
      const options = containerOptions(spec, image, { [labels.state]: state, [labels.owner]: owner })
      if (!isWatched) watch(address, state, owner)
      isWatched = true
      // The engine's names are one for all; ids need not be unique over state folders.
      const name = `sluice-${state}-${spec.id}-${randomBytes(3).toString('hex')}`
      return saying('CannotStartContainerError', async () => {
        const { Id } = await engine.call<{ Id: string }>('POST', `/containers/create?name=${name}`, options)
        try {
          const attach = `/containers/${Id}/attach?stream=true&stdout=true&stderr=true`
          const output = splitFrames(await engine.stream('POST', attach))
          const ends = [output.stdout, output.stderr].map((stream) => new Promise((end) => stream.once('end', end)))
          eachLine(output.stdout, (line) => spec.onOutput(line, 'stdout'))
          eachLine(output.stderr, (line) => spec.onOutput(line, 'stderr'))
          await engine.call('POST', `/containers/${Id}/start`)
          return running(engine, Id, ends)
        } catch (cause) {
          await engine.call('DELETE', `/containers/${Id}?force=true&v=true`)
          throw cause
        }
      })
    },
    sweep: () => removeContainers(engine, state),
  }
}

function containerOptions(spec: ContainerSpec, image: string, Labels: Readonly<Record<string, string>>): object {
  const [program, ...args] = containerArgv(spec)
  const environment = { ...spec.environment, ...(spec.port === undefined ? {} : { PORT: String(spec.port) }) }
  const bytes = spec.memoryMiB * 2 ** 20
  return {
    Image: image,
    Entrypoint: [program],
    Cmd: args,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.workingDirectory === undefined ? {} : { WorkingDir: spec.workingDirectory }),
    Labels,
    HostConfig: {
      NetworkMode: 'host',
      Memory: bytes,
      // The same for both: no swap, as on Fargate.
      MemorySwap: bytes,
      ReadonlyRootfs: spec.readonlyRootFilesystem,
      Tmpfs: { '/tmp': 'mode=1777' },
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['NET_RAW', 'MKNOD'],
    },
  }
}

async function loadImage(engine: Engine, image: UnpackedImage): Promise<string> {
  const tag = `sluice-local:${image.digest.replace('sha256:', '')}`
  return saying('CannotPullContainerError', async () => {
    try {
      await engine.call('GET', `/images/${tag}/json`)
    } catch (cause) {
      if (!(cause instanceof EngineError) || cause.status !== 404) throw cause
      await engine.upload('/images/load?quiet=true', await imageArchive(image, tag))
    }
    return tag
  })
}

function running(engine: Engine, id: string, ends: ReadonlyArray<Promise<unknown>>): RunningContainer {
  const watchEnd = async (): Promise<ContainerExit> => {
    const { StatusCode } = await engine.call<{ StatusCode: number }>('POST', `/containers/${id}/wait`)
    const { State } = await engine.call<{ State: { OOMKilled: boolean } }>('GET', `/containers/${id}/json`)
    await Promise.all(ends)
    await engine.call('DELETE', `/containers/${id}?force=true&v=true`)
    return State.OOMKilled
      ? { exitCode: StatusCode, reason: 'OutOfMemoryError: Container killed due to memory usage' }
      : { exitCode: StatusCode }
  }
  const exited = watchEnd().catch((cause: unknown): ContainerExit => ({
    exitCode: null,
    reason: `DockerStateError: ${cause instanceof Error ? cause.message : String(cause)}`,
  }))
  return {
    exited,
    async stop(graceMilliseconds) {
      await signal(engine, id, 'SIGTERM')
      const timer = setTimeout(() => void signal(engine, id, 'SIGKILL'), graceMilliseconds)
      try {
        return await exited
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Does nothing when the container has ended (409) or is gone (404). */
async function signal(engine: Engine, id: string, name: string): Promise<void> {
  try {
    await engine.call('POST', `/containers/${id}/kill?signal=${name}`)
  } catch (cause) {
    if (!(cause instanceof EngineError) || ![404, 409].includes(cause.status)) throw cause
  }
}

function watch(address: EngineAddress, state: string, owner: string): void {
  const program = fileURLToPath(import.meta.resolve('./watchdog.ts'))
  const args = ['--no-warnings', program, JSON.stringify(address), state, owner]
  const watchdog = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  watchdog.on('error', () => undefined)
  watchdog.unref()
  // The open pipe must not keep this process alive, and closes with it.
  ;(watchdog.stdin as unknown as { unref(): void }).unref()
}

/** Failures in ECS's words. */
async function saying<Result>(reason: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(`${reason}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
