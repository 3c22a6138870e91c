import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findRuntime } from '../../../src/runtime/find-runtime.ts'
import { findMemoryController } from '../../../src/runtime/process/memory-cgroup.ts'
import { whyNoNamespaces } from '../../../src/runtime/process/probe.ts'
import { identify, isAlive } from '../../../src/runtime/process/remains.ts'
import type { ContainerSpec, TaskRuntime, UnpackedImage } from '../../../src/runtime/task-runtime.ts'
import { nodeImage } from '../tiny-image.ts'

const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

describe.skipIf(unavailable !== undefined && !isRequired)(`process runtime ${unavailable ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-process-runtime-'))
  let runtime: TaskRuntime
  let image: UnpackedImage
  let lines: string[]
  let count = 0

  const spec = (more: Partial<ContainerSpec>): ContainerSpec => {
    lines = []
    const kept = lines
    count += 1
    return {
      id: `test-${count}`,
      image,
      environment: {},
      memoryMiB: 256,
      readonlyRootFilesystem: false,
      onOutput: (line) => kept.push(line),
      ...more,
    }
  }
  const script = (text: string) => ['-e', text]
  const said = () => JSON.parse(lines.at(-1) ?? 'null') as unknown
  const started = async () => {
    while (!lines.includes('started')) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  beforeAll(async () => {
    image = await nodeImage(folder, { Env: ['FROM_IMAGE=a=b'] }, [{ name: 'app/hello.txt', text: 'hello' }])
    const found = await findRuntime({ wanted: 'process', stateFolder: folder })
    if (!found.available) throw new Error(found.reason)
    runtime = found.runtime
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('gives a container the environment of its image and of its task, and nothing of the host', async () => {
    const command = script('console.log(JSON.stringify(process.env))')
    const environment = { GREETING: 'two\nlines', SECRET: '$(id) "quoted"' }
    const container = await runtime.start(spec({ command, environment, port: 4711 }))
    expect(await container.exited).toEqual({ exitCode: 0 })
    expect(said()).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOSTNAME: 'test-1',
      HOME: '/',
      FROM_IMAGE: 'a=b',
      GREETING: 'two\nlines',
      SECRET: '$(id) "quoted"',
      PORT: '4711',
    })
  })

  it('runs as the image says, without rights, alone in its processes, in its own root', async () => {
    const command = script(`
      const fs = require('fs')
      console.log(JSON.stringify({
        uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), cwd: process.cwd(),
        hello: fs.readFileSync('hello.txt', 'utf8'),
        root: fs.readdirSync('/').filter((name) => !name.startsWith('lib')),
        processes: fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length,
        capabilities: /CapEff:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1],
        hostname: require('os').hostname(),
        devices: fs.readdirSync('/dev').sort(),
        random: fs.readSync(fs.openSync('/dev/urandom'), Buffer.alloc(8)),
        hosts: fs.readFileSync('/etc/hosts', 'utf8').includes('localhost'),
        user: require('os').userInfo().uid,
      }))`)
    const container = await runtime.start(spec({ command }))
    expect(await container.exited).toEqual({ exitCode: 0 })
    expect(said()).toEqual({
      uid: 65532,
      gid: 65532,
      groups: [65532],
      cwd: '/app',
      hello: 'hello',
      root: ['app', 'dev', 'etc', 'proc', 'tmp', 'usr'],
      processes: 2,
      capabilities: '0000000000000000',
      hostname: 'test-2',
      devices: ['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'],
      random: 8,
      hosts: true,
      user: 65532,
    })
  })

  it('serves on its port of 127.0.0.1 until it is told to stop, and keeps the exit code', async () => {
    const command = script(`
      const server = require('http').createServer((_, response) => response.end('served'))
      server.listen(process.env.PORT, '127.0.0.1', () => console.log('started'))
      process.on('SIGTERM', () => server.close(() => process.exit(7)))`)
    const container = await runtime.start(spec({ command, port: 40_711 }))
    await started()
    expect(await (await fetch('http://127.0.0.1:40711/', { headers: { connection: 'close' } })).text()).toBe('served')
    expect(await container.stop(5000)).toEqual({ exitCode: 7 })
    expect(await container.stop(5000)).toEqual({ exitCode: 7 })
  })

  it('kills what does not heed SIGTERM, with the children it made', async () => {
    const command = script(`
      process.on('SIGTERM', () => {})
      require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      setInterval(() => {}, 1000)
      console.log('started')`)
    const container = await runtime.start(spec({ command }))
    await started()
    expect(await container.stop(100)).toEqual({ exitCode: 137 })
  })

  it.each([
    [false, 'written'],
    [true, 'EROFS'],
  ])(
    'with a read-only root %s a write to the image is %s, and the next container does not see it',
    async (readonly, outcome) => {
      const command = script(`
      const fs = require('fs')
      fs.writeFileSync('/tmp/free', '')
      try { fs.writeFileSync('/app/mark', '', { flag: 'wx' }); console.log(JSON.stringify('written')) }
      catch (error) { console.log(JSON.stringify(error.code)) }`)
      for (let round = 0; round < 2; round += 1) {
        const container = await runtime.start(spec({ command, user: '0', readonlyRootFilesystem: readonly }))
        expect(await container.exited).toEqual({ exitCode: 0 })
        expect(said()).toBe(outcome)
      }
    },
  )

  it.skipIf(!findMemoryController() && !isRequired)('reports a container that outgrew its memory', async () => {
    const command = script('const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))')
    const container = await runtime.start(spec({ command, memoryMiB: 128 }))
    const reason = 'OutOfMemoryError: Container killed due to memory usage'
    expect(await container.exited).toEqual({ exitCode: 137, reason })
  })

  it.each([
    [{ entryPoint: ['/no/such'] }, 'CannotStartContainerError: exec: "/no/such": executable file not found in $PATH'],
    [{ entryPoint: ['/../../../../bin/sh'] }, 'executable file not found'],
    [{ user: 'somebody' }, 'CannotStartContainerError: unable to find user somebody'],
    [{ id: '../escape' }, 'Expected a container id'],
  ])('refuses %o', async (more, message) => {
    await expect(runtime.start(spec(more))).rejects.toThrow(message)
  })

  it('leaves no record, folder or group when all is over', () => {
    expect(readdirSync(join(folder, 'process-runtime/containers'))).toEqual([])
  })

  it('lets no container outlive a killed emulator, and sweeps what that left', async () => {
    const program = fileURLToPath(import.meta.resolve('./emulator-to-kill.ts'))
    const emulator = spawn(process.execPath, ['--no-warnings', program, folder, JSON.stringify(image)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pids = await new Promise<number[]>((resolve) => {
      emulator.stdout.once('data', (data: Buffer) => resolve(JSON.parse(data.toString()) as number[]))
    })
    const processes = pids.map((pid) => identify(pid)).filter((found) => found !== undefined)
    expect(processes).toHaveLength(3)
    const record = join(folder, 'process-runtime/containers/doomed.json')
    await runtime.sweep()
    expect(processes.every(isAlive), 'a sweep leaves the containers of a run that works').toBe(true)
    emulator.kill('SIGKILL')
    while (processes.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(existsSync(record)).toBe(true)
    await runtime.sweep()
    expect(existsSync(record)).toBe(false)
  })
})
