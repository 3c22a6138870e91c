import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryReport } from '../../src/deliver/report.ts'

const root = join(import.meta.dirname, '../../..')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-delivery-'))
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, join(folder, 'checkout')])
  symlinkSync(join(root, 'node_modules'), join(folder, 'checkout/node_modules'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Delivers HEAD of a fresh clone. Gives the exit code, what was printed, and the report. */
async function deliver(...args: string[]): Promise<{ code: number | null; output: string; report: DeliveryReport }> {
  const checkout = join(folder, 'checkout')
  const child = spawn(
    process.execPath,
    [join(root, 'cli/src/main.ts'), 'deliver', '--yes', '--port', '0', '--runtime', 'process', ...args],
    {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const file = join(checkout, '.sluice/latest/report.json')
  if (!existsSync(file)) throw new Error(`the delivery ended with exit code ${code} and no report:\n${output}`)
  return { code, output, report: JSON.parse(readFileSync(file, 'utf8')) as DeliveryReport }
}

const failedRequests = ({ traffic }: DeliveryReport) => traffic.reduce((sum, { failed }) => sum + failed, 0)

describe('the whole delivery', () => {
  it('carries HEAD to production without a failed request', { timeout: 480_000 }, async () => {
    const { code, output, report } = await deliver()
    expect(report.result, output).toBe('delivered')
    expect(code).toBe(0)
    const [dev, stage, prod] = report.environments
    expect(prod?.rollout).toMatchObject({ strategy: 'LINEAR', status: 'SUCCESSFUL' })
    expect(prod?.rollout?.stages.map(({ weight }) => weight)).toEqual(expect.arrayContaining([0, 25, 50, 75, 100]))
    expect(new Set([dev?.digest, stage?.digest, prod?.digest]).size).toBe(1)
    expect(prod?.digest).not.toBe(report.baseline.digest)
    expect(report.traffic.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(1000)
    expect(failedRequests(report)).toBe(0)
  })

  it('takes a release back that fails in production, and says why', { timeout: 480_000 }, async () => {
    const { code, output, report } = await deliver('--fault', 'errors')
    expect(report.result, output).toBe('rolled-back')
    expect(code).toBe(1)
    const prod = report.environments.at(-1)
    expect(prod?.digest).toBe(report.baseline.digest)
    expect(report.reason).toMatch(/errors/)
    // A fault of one in five, on the new revision's share alone.
    const inProd = report.traffic.find(({ phase }) => phase === 'prod')
    expect(inProd?.failed).toBeGreaterThan(0)
    expect(inProd?.failed).toBeLessThan((inProd?.requests ?? 0) * 0.25)
  })
})
