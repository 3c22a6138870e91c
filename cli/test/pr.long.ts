import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Well below the limits of the jobs, so that what hangs is told with all that it printed. */
const limit = 400_000
let checkout: string
let child: ChildProcess | undefined
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'sluice-pr-'))
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, checkout])
})
afterEach(async () => {
  // Interrupted, it ends its jobs; one that a test gave up on must not stay.
  if (child?.exitCode === null && child.kill('SIGINT')) await once(child, 'close')
  rmSync(checkout, { recursive: true, force: true })
})

/** `sluice pr` of one commit that adds a line to a file. */
async function pullRequest(file: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  appendFileSync(join(checkout, file), '\n// A line more.\n')
  const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.com']
  execFileSync('git', ['-C', checkout, ...identity, 'commit', '--quiet', '--all', '-m', 'a line more'])
  const started = spawn(process.execPath, [join(root, 'cli/src/main.ts'), 'pr', '--base', 'HEAD^', ...args], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child = started
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    started.once('close', resolve)
    setTimeout(() => reject(new Error(`still running after ${limit / 1000} s:\n${output}`)), limit).unref()
  })
  return { code, output }
}

// The jobs of pr.yml that need no tool beside Node and git, one each of its kinds; `test` alone takes minutes.
describe("this repository's pr.yml on this machine", { timeout: limit + 60_000 }, () => {
  it('judges a change that is well: infrastructure, image and scans', async () => {
    const { code, output } = await pullRequest('cli/src/cost.ts', '--job', 'infra', '--job', 'image')
    expect(output).toMatch(/ok {4}Infrastructure plan/)
    expect(output).toMatch(/ok {4}List the services/)
    expect(output).toMatch(/ok {4}Image and scans of registry/)
    expect(output).toMatch(/left out {2}required: only infra, image was asked for/)
    expect(output).toMatch(/success: \.github\/workflows\/pr\.yml/)
    expect(code).toBe(0)
  })

  it('refuses a bundle that is not the one of its source', async () => {
    const { code, output } = await pullRequest('actions/dist/scan.mjs', '--job', 'dist')
    expect(output).toMatch(/Bundles are stale: run npm run build and commit actions\/dist/)
    expect(output).toMatch(/failure {2}Bundles are fresh/)
    expect(code).toBe(1)
  })
})
