import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { DeliveryReport } from '../../src/deliver/report.ts'

export const root = join(import.meta.dirname, '../../..')

/** How a delivery ended. */
export interface Delivered {
  readonly code: number | null
  readonly output: string
  readonly report: DeliveryReport
}

/** A fresh clone of HEAD to deliver from, with the packages of this checkout. */
export interface Clone {
  readonly checkout: string
  /** Runs `sluice deliver --yes`. Gives the exit code, what was printed, and the report. */
  deliver(...args: string[]): Promise<Delivered>
  remove(): void
}

export function cloneOfHead(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-delivery-'))
  const checkout = join(folder, 'checkout')
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, checkout])
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'))
  return {
    checkout,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    deliver: async (...args) => {
      const child = spawn(
        process.execPath,
        [join(root, 'cli/src/main.ts'), 'deliver', '--yes', '--port', '0', ...args],
        { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] },
      )
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
      const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
      const file = join(checkout, '.sluice/latest/report.json')
      if (!existsSync(file)) throw new Error(`the delivery ended with exit code ${code} and no report:\n${output}`)
      return { code, output, report: JSON.parse(readFileSync(file, 'utf8')) as DeliveryReport }
    },
  }
}

export const failedRequests = ({ traffic }: DeliveryReport): number =>
  traffic.reduce((sum, { failed }) => sum + failed, 0)

/** What a healthy delivery comes to, on every runtime: one digest everywhere, judged steps, and not one failed request. */
export function expectDelivered({ code, output, report }: Delivered): void {
  expect(report.result, output).toBe('delivered')
  expect(code).toBe(0)
  const [dev, stage, prod] = report.environments
  expect(prod?.rollout).toMatchObject({ strategy: 'LINEAR', status: 'SUCCESSFUL' })
  expect(prod?.rollout?.stages.map(({ weight }) => weight)).toEqual(expect.arrayContaining([0, 25, 50, 75, 100]))
  expect(new Set([dev?.digest, stage?.digest, prod?.digest]).size).toBe(1)
  expect(prod?.digest).not.toBe(report.baseline.digest)
  expect(report.traffic.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(1000)
  expect(failedRequests(report)).toBe(0)
}
