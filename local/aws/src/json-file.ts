import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const draftOf = (file: string) => `${file}.new`

/**
 * What a state file holds; `undefined` when there is none.
 * @throws Error that names the file when it is no JSON.
 */
export function readJsonFile(file: string): unknown {
  const text = read(file)
  if (text == null) return readDraft(file)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new Error(`Expected JSON in ${file}, found something else: remove the file to begin anew.`, { cause })
  }
}

/**
 * Writes a state file so that a kill leaves the old one or the new one, never half. The old one goes before the new one takes its
 * name: ext4 waits for the disk when a rename replaces a file (ext4(5), auto_da_alloc), and states change many times a second.
 */
export function writeJsonFile(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(draftOf(file), JSON.stringify(value), { mode: 0o600 })
  rmSync(file, { force: true })
  renameSync(draftOf(file), file)
}

/** What a kill left between the two: whole when there was a file before, and worth nothing when it was the first. */
function readDraft(file: string): unknown {
  try {
    return JSON.parse(read(draftOf(file)) ?? '') as unknown
  } catch {
    return undefined
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
