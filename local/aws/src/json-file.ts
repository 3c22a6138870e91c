import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * What a state file holds; `undefined` when there is none.
 * @throws Error that names the file when it is no JSON.
 */
export function readJsonFile(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new Error(`Expected JSON in ${file}, found something else: remove the file to begin anew.`, { cause })
  }
}

/** Writes a state file whole and renames it, so that a kill leaves the old one or the new one, never half. */
export function writeJsonFile(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
