import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { labels, stateLabel } from '../../../src/runtime/docker/container-labels.ts'
import type { Engine } from '../../../src/runtime/docker/engine.ts'
import { findEngine } from '../../../src/runtime/docker/find-engine.ts'
import { runtimeContract, underTest } from '../runtime-contract.ts'

const found = await findEngine()
const unavailable = 'reason' in found ? found.reason : undefined
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

describe.skipIf(unavailable !== undefined && !isRequired)(`docker runtime ${unavailable ?? ''}`, () => {
  const test = underTest('docker')
  runtimeContract(test, { limitsMemory: true })

  const containers = async () => {
    if (!('engine' in found)) throw new Error(found.reason)
    return listContainers(found.engine, stateLabel(test.folder))
  }

  it('leaves no container when all is over', async () => {
    expect(await containers()).toEqual([])
  })

  it.each([
    ['an emulator that was killed', 1],
    ['an emulator whose whole process group was killed', -1],
  ])('removes the containers of %s, and leaves those of one that works', async (_, sign) => {
    const emulator = await startEmulator(test.folder, JSON.stringify(test.image()))
    expect(await containers()).toHaveLength(1)
    await test.runtime().sweep()
    expect(await containers(), 'a sweep leaves the containers of a run that works').toHaveLength(1)
    process.kill(sign * (emulator.pid ?? 0), 'SIGKILL')
    await expect.poll(containers, { timeout: 120_000 }).toEqual([])
  })
})

async function startEmulator(folder: string, image: string) {
  const program = fileURLToPath(import.meta.resolve('../emulator-to-kill.ts'))
  const args = ['--no-warnings', program, 'docker', folder, image]
  const emulator = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  await new Promise((resolve, reject) => {
    emulator.stdout.once('data', resolve)
    emulator.once('exit', (code) => reject(new Error(`the emulator ended with exit code ${code} before it was up`)))
  })
  return emulator
}

async function listContainers(engine: Engine, state: string): Promise<readonly object[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${labels.state}=${state}`] }))
  return engine.call('GET', `/containers/json?all=true&filters=${filters}`)
}
