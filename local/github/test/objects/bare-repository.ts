import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A new bare repository for every test, and git in it. */
export function bareRepository() {
  let folder = ''
  const git = (args: readonly string[], input?: string | Buffer): string =>
    execFileSync('git', ['-C', folder, ...args], { input, stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 })
      .toString()
      .trim()
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'objects-'))
    git(['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1'])
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  return { folder: () => folder, git }
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
