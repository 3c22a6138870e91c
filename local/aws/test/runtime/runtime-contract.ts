import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { createPortChooser } from '../../src/ecs/task/free-port.ts'
import { findRuntime } from '../../src/runtime/find-runtime.ts'
import type { ContainerSpec, RunningContainer, TaskRuntime, UnpackedImage } from '../../src/runtime/task-runtime.ts'
import { nodeImage } from './tiny-image.ts'

/** What a suite of one runtime works with. */
export interface RuntimeUnderTest {
  readonly folder: string
  readonly runtime: () => TaskRuntime
  readonly image: () => UnpackedImage
  readonly spec: (more: Partial<ContainerSpec>) => ContainerSpec
  /** What the container said last, read as JSON. */
  readonly said: () => unknown
  /** Waits until the container says that it has started. Throws with what it said when it ends instead. */
  readonly started: (container: RunningContainer) => Promise<void>
}

/** Sets a runtime up for a suite; the image holds Node.js and /app/hello.txt. */
export function underTest(name: 'docker' | 'process'): RuntimeUnderTest {
  const folder = mkdtempSync(join(tmpdir(), `sluice-${name}-runtime-`))
  const found: { runtime?: TaskRuntime; image?: UnpackedImage } = {}
  let lines: string[] = []
  let count = 0
  const given = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error('The suite has not begun.')
    return value
  }
  beforeAll(async () => {
    found.image = await nodeImage(folder, { Env: ['FROM_IMAGE=a=b'] }, [{ name: 'app/hello.txt', text: 'hello' }])
    const availability = await findRuntime({ wanted: name, stateFolder: folder })
    if (!availability.available) throw new Error(availability.reason)
    found.runtime = availability.runtime
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    folder,
    runtime: () => given(found.runtime),
    image: () => given(found.image),
    spec(more) {
      const kept: string[] = []
      lines = kept
      count += 1
      return {
        id: `test-${count}`,
        image: given(found.image),
        environment: {},
        memoryMiB: 256,
        readonlyRootFilesystem: false,
        onOutput: (line) => kept.push(line),
        ...more,
      }
    },
    said: () => JSON.parse(lines.at(-1) ?? 'null') as unknown,
    async started(container) {
      let isOver = false
      void container.exited.then(() => (isOver = true))
      while (!lines.includes('started')) {
        if (isOver) throw new Error(`The container ended before it had started. It said:\n${lines.join('\n')}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

/** A command of the test image. */
export const script = (text: string): string[] => ['-e', text]

/** What every runtime does. */
export function runtimeContract(
  test: RuntimeUnderTest,
  options: { readonly limitsMemory: boolean; readonly environment?: Readonly<Record<string, string>> },
): void {
  const { spec, said, started } = test
  // A port of one's own choice can be an outgoing connection's: both runtimes serve on the host's network.
  const choosePort = createPortChooser()

  it('gives a container the environment of its image and of its task, and nothing of the host', async () => {
    const command = script('console.log(JSON.stringify(process.env))')
    const environment = { GREETING: 'two\nlines', SECRET: '$(id) "quoted"' }
    const port = await choosePort()
    const container = await test.runtime().start(spec({ command, environment, port }))
    expect(await container.exited).toEqual({ exitCode: 0 })
    const { HOSTNAME: _, ...rest } = said() as Record<string, string>
    expect(rest).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/',
      FROM_IMAGE: 'a=b',
      GREETING: 'two\nlines',
      SECRET: '$(id) "quoted"',
      PORT: String(port),
      ...options.environment,
    })
  })

  it('runs as the image says, without rights, alone in its processes, in its own root', async () => {
    const command = script(`
      const fs = require('fs')
      const read = (path) => fs.readFileSync(path, 'utf8')
      console.log(JSON.stringify({
        uid: process.getuid(), gid: process.getgid(), cwd: process.cwd(), hello: read('hello.txt'),
        isAlone: fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length <= 2,
        capabilities: /CapEff:\\s*(\\w+)/.exec(read('/proc/self/status'))[1],
        newPrivileges: /NoNewPrivs:\\s*(\\w+)/.exec(read('/proc/self/status'))[1],
        hasHome: fs.existsSync('/root') || fs.existsSync('/home'),
        random: fs.readSync(fs.openSync('/dev/urandom'), Buffer.alloc(8)),
        hosts: read('/etc/hosts').includes('localhost'),
      }))`)
    const container = await test.runtime().start(spec({ command }))
    expect(await container.exited).toEqual({ exitCode: 0 })
    expect(said()).toEqual({
      uid: 65532,
      gid: 65532,
      cwd: '/app',
      hello: 'hello',
      isAlone: true,
      capabilities: '0000000000000000',
      newPrivileges: '1',
      hasHome: false,
      random: 8,
      hosts: true,
    })
  })

  it('tells the two streams apart', async () => {
    const heard: Array<[string, string]> = []
    const command = script('console.log("out"); console.error("err")')
    const onOutput: ContainerSpec['onOutput'] = (line, stream) => heard.push([stream, line])
    const container = await test.runtime().start(spec({ command, onOutput }))
    await container.exited
    expect(Object.fromEntries(heard)).toEqual({ stdout: 'out', stderr: 'err' })
    expect(heard).toHaveLength(2)
  })

  it('serves on its port of 127.0.0.1 until it is told to stop, and keeps the exit code', async () => {
    const command = script(`
      const server = require('http').createServer((_, response) => response.end('served'))
      server.listen(process.env.PORT, '127.0.0.1', () => console.log('started'))
      process.on('SIGTERM', () => server.close(() => process.exit(7)))`)
    const port = await choosePort()
    const container = await test.runtime().start(spec({ command, port }))
    await started(container)
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
    expect(await response.text()).toBe('served')
    // Milliseconds until SIGKILL: on a busy machine it may take long to end well.
    expect(await container.stop(60_000)).toEqual({ exitCode: 7 })
    expect(await container.stop(60_000)).toEqual({ exitCode: 7 })
  })

  it('kills what does not heed SIGTERM, with the children it made', async () => {
    const command = script(`
      process.on('SIGTERM', () => {})
      require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      setInterval(() => {}, 1000)
      console.log('started')`)
    const container = await test.runtime().start(spec({ command }))
    await started(container)
    expect(await container.stop(100)).toEqual({ exitCode: 137 })
  })

  it.each([
    [false, 'written'],
    [true, 'EROFS'],
  ])('with a read-only root %s a write is %s, and the next container does not see it', async (readonly, outcome) => {
    const command = script(`
      const fs = require('fs')
      fs.writeFileSync('/tmp/free', '')
      try { fs.writeFileSync('/app/mark', '', { flag: 'wx' }); console.log(JSON.stringify('written')) }
      catch (error) { console.log(JSON.stringify(error.code)) }`)
    for (let round = 0; round < 2; round += 1) {
      const container = await test.runtime().start(spec({ command, user: '0', readonlyRootFilesystem: readonly }))
      expect(await container.exited).toEqual({ exitCode: 0 })
      expect(said()).toBe(outcome)
    }
  })

  it.skipIf(!options.limitsMemory)('reports a container that outgrew its memory', async () => {
    const command = script('const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))')
    const container = await test.runtime().start(spec({ command, memoryMiB: 128 }))
    const reason = 'OutOfMemoryError: Container killed due to memory usage'
    expect(await container.exited).toEqual({ exitCode: 137, reason })
  })

  it.each([
    [{ entryPoint: ['/no/such'] }, /^CannotStartContainerError: .*\/no\/such/],
    [{ user: 'somebody' }, /^CannotStartContainerError: .*unable to find user somebody/],
  ])('refuses %o in the words of ECS', async (more, message) => {
    await expect(test.runtime().start(spec(more))).rejects.toThrow(message)
  })
}
