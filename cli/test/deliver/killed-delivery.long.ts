import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, failedRequests, type Clone } from './deliver-clone.ts'

let clone: Clone
beforeEach(() => {
  clone = cloneOfHead()
})
afterEach(() => clone.remove())

/** Processes that belong to a folder by their working directory, program, arguments or environment. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      const told = [
        () => readlinkSync(`/proc/${pid}/cwd`),
        () => readlinkSync(`/proc/${pid}/exe`),
        () => readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
        () => readFileSync(`/proc/${pid}/environ`, 'utf8'),
      ].map((read) => {
        try {
          return read()
        } catch {
          return ''
        }
      })
      return told.some((text) => text.includes(folder)) ? [`${pid} ${told[2]?.replaceAll('\0', ' ')}`] : []
    })
}

function listens(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync('/proc/net/tcp', 'utf8').includes(`0100007F:${hex} 00000000:0000 0A`)
}

async function expectNothingLeft(ports: readonly number[]): Promise<void> {
  // What was told to end may take a moment more of a busy machine.
  await expect.poll(() => processesOf(clone.checkout)).toEqual([])
  expect(ports.filter(listens)).toEqual([])
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(clone.checkout)
}

describe('a delivery after killed ones', () => {
  it('finishes, and nothing of the killed ones is left', { timeout: 2_400_000 }, async () => {
    const ports = []
    for (const [phase, what] of [
      [/is published in prod/, 'process'],
      [/stage: POST_TEST_TRAFFIC_SHIFT/, 'group'],
      [/prod: PRE_PRODUCTION_TRAFFIC_SHIFT .* 50 %/, 'process'],
      [/prod: BAKE_TIME/, 'group'],
    ] as const)
      ports.push((await clone.kill(what, phase, '--runtime', 'process')).port)
    const { code, output, report } = await clone.deliver('--runtime', 'process')
    expect(report.result, output).toBe('delivered')
    expect(code).toBe(0)
    expect(failedRequests(report), JSON.stringify(report.traffic)).toBe(0)
    await expectNothingLeft(ports)
  })
})

describe('Ctrl-C', () => {
  it('in the middle of a shift ends the delivery and everything that it started', { timeout: 900_000 }, async () => {
    const { code, output, port } = await clone.kill(
      'Ctrl-C',
      /prod: PRE_PRODUCTION_TRAFFIC_SHIFT .* 25 %/,
      '--runtime',
      'process',
    )
    expect(code, output).toBe(130)
    expect(output).toContain('interrupted: ending everything that was started')
    await expectNothingLeft([port])
  })
})
