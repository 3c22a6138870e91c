import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string
let before: Readonly<Record<string, string | undefined>>

/** Whose commits they are and where a repository lies: set where git runs a hook, for one, and stronger than what tests tell git. */
const ofAnotherRepository = /^GIT_(AUTHOR_|COMMITTER_|(COMMON_DIR|DIR|INDEX_FILE|OBJECT_DIRECTORY|PREFIX|WORK_TREE)$)/

/**
 * Vitest's global set-up: every suite's temporary folders lie in one, which goes with the run. Programs that a test kills
 * cannot clean up after themselves. What Node.js compiles is kept there too: tests start the same programs hundreds of times.
 */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tests-'))
  const environment = { TMPDIR: folder, NODE_COMPILE_CACHE: join(folder, 'compiled') }
  const unwanted = Object.keys(process.env).filter((name) => ofAnotherRepository.test(name))
  before = Object.fromEntries([...Object.keys(environment), ...unwanted].map((name) => [name, process.env[name]]))
  for (const name of unwanted) delete process.env[name]
  Object.assign(process.env, environment)
}

export function teardown(): void {
  for (const [name, value] of Object.entries(before)) {
    if (value == null) delete process.env[name]
    else process.env[name] = value
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
