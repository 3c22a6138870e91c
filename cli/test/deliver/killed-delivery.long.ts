import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, failedRequests, root, type Clone } from './deliver-clone.ts'

let clone: Clone
beforeEach(() => {
  clone = cloneOfHead()
})
afterEach(() => clone.remove())

/** Starts a delivery and kills it as soon as it has printed what the phase begins with. Gives the port that it had. */
async function killWhen(phase: RegExp): Promise<number> {
  const child = spawn(
    process.execPath,
    [join(root, 'cli/src/main.ts'), 'deliver', '--yes', '--port', '0', '--runtime', 'process'],
    { cwd: clone.checkout, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (phase.test(output)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void closed.then(() => reject(new Error(`the delivery ended before ${String(phase)}:\n${output}`)))
  })
  child.kill('SIGKILL')
  await closed
  return Number(/AWS on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1])
}

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

describe('a delivery after killed ones', () => {
  it('finishes, and nothing of the killed ones is left', { timeout: 900_000 }, async () => {
    const ports = []
    for (const phase of [
      /is published in prod/,
      /stage: POST_TEST_TRAFFIC_SHIFT/,
      /prod: PRE_PRODUCTION_TRAFFIC_SHIFT .* 50 %/,
      /prod: BAKE_TIME/,
    ])
      ports.push(await killWhen(phase))
    const { code, output, report } = await clone.deliver('--runtime', 'process')
    expect(report.result, output).toBe('delivered')
    expect(code).toBe(0)
    expect(failedRequests(report)).toBe(0)
    expect(processesOf(clone.checkout)).toEqual([])
    expect(ports.filter(listens)).toEqual([])
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(clone.checkout)
  })
})
