import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRunFolder } from '../../src/deliver/run-folder.ts'
import { stateVariable, sweepRun } from '../../src/deliver/sweep.ts'

let checkout: string
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'sluice-run-folder-'))
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

const state = () => join(checkout, '.sluice/state')
const open = (second: number, sweep: (state: string) => Promise<void> = async () => undefined) =>
  openRunFolder(checkout, 'c0ffee'.padEnd(40, '0'), new Date(Date.UTC(2026, 10, 20, 12, 0, second)), sweep)

/** The state of a delivery before this one. */
function owned(owner: { readonly pid: number; readonly startTime?: string }): void {
  mkdirSync(state(), { recursive: true })
  writeFileSync(join(state(), 'left'), 'behind')
  writeFileSync(join(state(), 'owner.json'), JSON.stringify(owner))
}

describe('a run folder', () => {
  it('is named by time and commit, and latest points to it', async () => {
    const run = await open(1)
    expect(run.id).toBe('20261120T120001-c0ffee0')
    expect(readlinkSync(join(checkout, '.sluice/latest'))).toBe(`runs/${run.id}`)
    await run.release()
    const next = await open(2)
    expect(readlinkSync(join(checkout, '.sluice/latest'))).toBe(`runs/${next.id}`)
    expect(existsSync(run.results)).toBe(true)
    await next.release()
  })

  it('is refused while another delivery of the checkout runs, which is left alone', async () => {
    owned({ pid: process.ppid })
    const swept: string[] = []
    await expect(open(2, async (folder) => void swept.push(folder))).rejects.toThrow(
      new RegExp(`another delivery of this checkout is running \\(process ${process.ppid}\\)`),
    )
    expect([swept, existsSync(join(state(), 'left'))]).toEqual([[], true])
  })

  it.each([
    ['that is gone', () => ({ pid: 2 ** 22 + 1 })],
    ['whose number another process has now', () => ({ pid: process.ppid, startTime: 'another' })],
  ])('is taken over from one %s: what it left is swept, its state made anew', async (_, owner) => {
    owned(owner())
    const seen: boolean[] = []
    const run = await open(1, async (folder) => void seen.push(existsSync(join(folder, 'left'))))
    expect([seen, existsSync(join(state(), 'left'))]).toEqual([[true], false])
    await run.release()
  })
})

describe.skipIf(process.platform !== 'linux')('what a killed delivery left (needs /proc)', () => {
  it('ends by the variable that all its programs have, and nothing else does', async () => {
    mkdirSync(state(), { recursive: true })
    const start = (folder: string) =>
      spawn('sleep', ['600'], { stdio: 'ignore', env: { ...process.env, [stateVariable]: folder } })
    const [own, other] = [start(state()), start(`${state()}-other`)]
    const ended = once(own, 'exit')
    await Promise.all([own, other].map((child) => once(child, 'spawn')))
    await sweepRun(state())
    expect((await ended)[1]).toBe('SIGKILL')
    expect(other.exitCode ?? other.signalCode).toBeNull()
    other.kill('SIGKILL')
  })
})
