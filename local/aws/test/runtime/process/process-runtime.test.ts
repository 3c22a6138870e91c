import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { findMemoryController } from '../../../src/runtime/process/memory-cgroup.ts'
import { whyNoNamespaces } from '../../../src/runtime/process/probe.ts'
import { identify, isAlive } from '../../../src/runtime/process/remains.ts'
import { until } from '../../until.ts'
import { runtimeContract, script, underTest } from '../runtime-contract.ts'

const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

describe.skipIf(unavailable !== undefined && !isRequired)(`process runtime ${unavailable ?? ''}`, () => {
  const test = underTest('process')
  runtimeContract(test, {
    limitsMemory: isRequired || findMemoryController() !== undefined,
    environment: { NODE_COMPILE_CACHE: '/tmp/node-compile-cache' },
  })

  it('keeps what Node.js compiled in one container for the next, and nothing else of it', async () => {
    const command = script(`
      const fs = require('fs')
      const folder = require('module').getCompileCacheDir()
      const temporary = fs.readdirSync('/tmp')
      const isKept = fs.existsSync(folder + '/mark')
      for (const place of [folder, '/tmp']) fs.writeFileSync(place + '/mark', '')
      console.log(JSON.stringify({ folder, temporary, isKept }))`)
    for (const isKept of [false, true]) {
      const container = await test.runtime().start(test.spec({ command, readonlyRootFilesystem: true }))
      expect(await container.exited).toEqual({ exitCode: 0 })
      expect(test.said()).toEqual({
        folder: expect.stringMatching(/^\/tmp\/node-compile-cache\//),
        temporary: ['node-compile-cache'],
        isKept,
      })
    }
  })

  it('shows nothing of the host', async () => {
    const command = script(`
      const fs = require('fs')
      console.log(JSON.stringify({
        root: fs.readdirSync('/').filter((name) => !name.startsWith('lib')),
        devices: fs.readdirSync('/dev').sort(),
        groups: process.getgroups(),
        hostname: require('os').hostname(),
        mounts: fs.readFileSync('/proc/self/mounts', 'utf8').split('\\n').filter((line) => /vda|ext4|cgroup/.test(line)),
      }))`)
    const spec = test.spec({ command, id: 'shown' })
    const container = await test.runtime().start(spec)
    expect(await container.exited).toEqual({ exitCode: 0 })
    expect(test.said()).toMatchObject({
      root: ['app', 'dev', 'etc', 'proc', 'tmp', 'usr'],
      devices: ['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'],
      groups: [65532],
      hostname: 'shown',
    })
  })

  it('keeps a container of root from the switches of the kernel and the memory of the host', async () => {
    const command = script(`
      const fs = require('fs')
      const attempt = (work) => { try { return work() ?? 'done' } catch (error) { return error.code } }
      const same = fs.readFileSync('/proc/sys/vm/swappiness')
      console.log(JSON.stringify({
        sysctl: attempt(() => fs.writeFileSync('/proc/sys/vm/swappiness', same)),
        trigger: !fs.existsSync('/proc/sysrq-trigger')
          || attempt(() => fs.closeSync(fs.openSync('/proc/sysrq-trigger', 'w'))) === 'EROFS',
        kcore: !fs.existsSync('/proc/kcore') || fs.statSync('/proc/kcore').isCharacterDevice(),
      }))`)
    const container = await test.runtime().start(test.spec({ command, user: '0' }))
    expect(await container.exited).toEqual({ exitCode: 0 })
    expect(test.said()).toEqual({ sysctl: 'EROFS', trigger: true, kcore: true })
  })

  it.each([
    [{ entryPoint: ['/../../../../bin/sh'] }, 'executable file not found in $PATH'],
    [{ id: '../escape' }, 'Expected a container id'],
  ])('refuses %o', async (more, message) => {
    await expect(test.runtime().start(test.spec(more))).rejects.toThrow(message)
  })

  it('leaves no record, folder or group when all is over', () => {
    expect(readdirSync(join(test.folder, 'process-runtime/containers'))).toEqual([])
    const groups = findMemoryController()?.folder
    expect(groups === undefined ? [] : readdirSync(groups).filter((name) => name.startsWith('sluice-test-'))).toEqual(
      [],
    )
  })

  it.each([
    ['an emulator that was killed', 1],
    ['an emulator whose whole process group was killed', -1],
  ])('lets no container outlive %s, and sweeps what that left', async (_, sign) => {
    const program = fileURLToPath(import.meta.resolve('../emulator-to-kill.ts'))
    const args = ['--no-warnings', program, 'process', test.folder, JSON.stringify(test.image())]
    const emulator = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const pids = await new Promise<number[]>((resolve, reject) => {
      emulator.stdout.once('data', (data: Buffer) => resolve(JSON.parse(data.toString()) as number[]))
      emulator.once('exit', (code) => reject(new Error(`the emulator ended with exit code ${code} before it was up`)))
    })
    const processes = pids.map((pid) => identify(pid)).filter((found) => found !== undefined)
    expect(processes).toHaveLength(3)
    const record = join(test.folder, 'process-runtime/containers/doomed.json')
    await test.runtime().sweep()
    expect(processes.every(isAlive), 'a sweep leaves the containers of a run that works').toBe(true)
    process.kill(sign * (emulator.pid ?? 0), 'SIGKILL')
    await until(
      'no process of the container',
      () => !processes.some(isAlive),
      () => processes.filter(isAlive),
    )
    expect(existsSync(record)).toBe(true)
    await test.runtime().sweep()
    expect(existsSync(record)).toBe(false)
  })
})
