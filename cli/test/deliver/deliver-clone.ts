import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { DeliveryReport } from '../../src/deliver/report.ts'
import { logLinesOfDelivery } from './recorded-use.ts'

export const root = join(import.meta.dirname, '../../..')

/** How a delivery ended. */
export interface Delivered {
  readonly code: number | null
  readonly output: string
  readonly report: DeliveryReport
  /** What production's tasks logged of answers that failed, for the message of a test that wants none. */
  readonly failedAnswers: readonly unknown[]
}

/** A delivery that was killed: the port that it had, how it ended. */
export interface Killed {
  readonly port: number
  /** `null` when it was the signal that ended it. */
  readonly code: number | null
  readonly output: string
}

/** A fresh clone of HEAD to deliver from, with the packages of this checkout. */
export interface Clone {
  readonly checkout: string
  /** Runs `sluice deliver --yes`. Gives the exit code, what was printed, and the report. */
  deliver(...args: string[]): Promise<Delivered>
  /**
   * Starts a delivery, and kills it (alone, or its whole process group) as soon as it has printed what the phase begins with. Ctrl-C is
   * what a terminal sends: SIGINT to the group.
   */
  kill(how: 'process' | 'group' | 'Ctrl-C', phase: RegExp, ...args: string[]): Promise<Killed>
  remove(): void
}

/** Requests a second: a test shares its machine, on which a full load would take longer than the service's objective allows. */
const besideOthers = '120'

/**
 * Milliseconds after which a delivery hangs: many times what it takes, and less than the tests give it, so that its output is told and
 * nothing of it stays to disturb what runs after it.
 */
const limit = 840_000

export function cloneOfHead(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-delivery-'))
  const checkout = join(folder, 'checkout')
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, checkout])
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'))
  const start = (args: readonly string[], onOutput: (chunk: string) => void, detached = false) => {
    const program = [
      join(root, 'cli/src/main.ts'),
      'deliver',
      '--yes',
      '--port',
      '0',
      '--traffic',
      besideOthers,
      ...args,
    ]
    const child = spawn(process.execPath, program, {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
    })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => onOutput(chunk.toString()))
    const late = setTimeout(() => {
      onOutput(`\nstill running after ${limit / 1000} s: interrupted by the test\n`)
      child.kill('SIGINT')
    }, limit)
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(() =>
      clearTimeout(late),
    )
    return { child, closed }
  }
  return {
    checkout,
    kill: async (how, phase, ...args) => {
      let output = ''
      const { promise: reached, resolve } = Promise.withResolvers<void>()
      const read = (chunk: string) => {
        output += chunk
        if (phase.test(output)) resolve()
      }
      const isGroup = how !== 'process'
      const { child, closed } = start(args, read, isGroup)
      const early = closed.then(() => {
        throw new Error(`the delivery ended before ${String(phase)}:\n${output}`)
      })
      await Promise.race([reached, early])
      early.catch(() => undefined)
      process.kill((child.pid ?? 0) * (isGroup ? -1 : 1), how === 'Ctrl-C' ? 'SIGINT' : 'SIGKILL')
      const code = await closed
      return { port: Number(/AWS on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]), code, output }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
    deliver: async (...args) => {
      let output = ''
      const code = await start(args, (chunk) => (output += chunk)).closed
      const file = join(checkout, '.sluice/latest/report.json')
      if (!existsSync(file)) throw new Error(`the delivery ended with exit code ${code} and no report:\n${output}`)
      const failedAnswers = logLinesOfDelivery(checkout, 'prod', 'registry').filter(({ level }) => level === 'error')
      return { code, output, report: JSON.parse(readFileSync(file, 'utf8')) as DeliveryReport, failedAnswers }
    },
  }
}

export const failedRequests = ({ traffic }: DeliveryReport): number =>
  traffic.reduce((sum, { failed }) => sum + failed, 0)

/** What a healthy delivery comes to, on every runtime: one digest everywhere, judged steps, and not one failed request. */
export function expectDelivered({ code, output, report, failedAnswers }: Delivered): void {
  expect(report.result, output).toBe('delivered')
  expect(code).toBe(0)
  const [dev, stage, prod] = report.environments
  expect(prod?.rollout).toMatchObject({ strategy: 'LINEAR', status: 'SUCCESSFUL' })
  expect(prod?.rollout?.stages.map(({ weight }) => weight)).toEqual(expect.arrayContaining([0, 25, 50, 75, 100]))
  expect(new Set([dev?.digest, stage?.digest, prod?.digest]).size).toBe(1)
  expect(prod?.digest).not.toBe(report.baseline.digest)
  expect(report.traffic.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(1000)
  expect(failedRequests(report), `${output}\n${JSON.stringify(failedAnswers, null, 2)}`).toBe(0)
}
