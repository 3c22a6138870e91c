import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EcsRecords } from './records.ts'

/** The state of ECS in its folder. Written whole and renamed, so that a kill leaves the old or the new, never half. */
export interface StateFile {
  readonly records: EcsRecords
  /** Writes what stands in `records` now. */
  save(): void
}

/** Reads `ecs.json` of the folder, or begins anew. Throws when the file cannot be read as JSON. */
export function openStateFile(folder: string): StateFile {
  const file = join(folder, 'ecs.json')
  mkdirSync(folder, { recursive: true })
  const records = read(file)
  let last = ''
  return {
    records,
    save() {
      const text = JSON.stringify(records)
      if (text === last) return
      writeFileSync(`${file}.new`, text, { mode: 0o600 })
      renameSync(`${file}.new`, file)
      last = text
    },
  }
}

function read(file: string): EcsRecords {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { clusters: {}, families: {}, services: {}, tasks: {}, tags: {} }
  }
  try {
    return JSON.parse(text) as EcsRecords
  } catch (error) {
    throw new Error(`expected the state of ECS in ${file}, found no JSON: remove the file to begin anew`, {
      cause: error,
    })
  }
}
