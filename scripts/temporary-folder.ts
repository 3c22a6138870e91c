import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string
let before: string | undefined

/**
 * Vitest's global set-up: every suite's temporary folders lie in one, which goes with the run. Programs that a test kills
 * cannot clean up after themselves.
 */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tests-'))
  before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
}

export function teardown(): void {
  if (before == null) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
