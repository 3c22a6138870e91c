import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string
let before: Readonly<Record<string, string | undefined>>

/**
 * Vitest's global set-up: every suite's temporary folders lie in one, which goes with the run. Programs that a test kills
 * cannot clean up after themselves. What Node.js compiles is kept there too: tests start the same programs hundreds of times.
 */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tests-'))
  const environment = { TMPDIR: folder, NODE_COMPILE_CACHE: join(folder, 'compiled') }
  before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]))
  Object.assign(process.env, environment)
}

export function teardown(): void {
  for (const [name, value] of Object.entries(before)) {
    if (value == null) delete process.env[name]
    else process.env[name] = value
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
