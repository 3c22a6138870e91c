import { join } from 'node:path'
import { readJsonFile, writeJsonFile } from '../json-file.ts'
import type { EcsRecords } from './records.ts'

/** The state of ECS in its folder. */
export interface StateFile {
  readonly records: EcsRecords
  /** Writes what stands in `records` now, when it is not what was written last. */
  save(): void
}

/** Reads `ecs.json` of the folder, or begins anew. Throws when the file cannot be read as JSON. */
export function openStateFile(folder: string): StateFile {
  const file = join(folder, 'ecs.json')
  const none: EcsRecords = { clusters: {}, families: {}, services: {}, tasks: {}, tags: {} }
  const records = (readJsonFile(file) as EcsRecords | undefined) ?? none
  let last = ''
  return {
    records,
    save() {
      const text = JSON.stringify(records)
      if (text === last) return
      writeJsonFile(file, records)
      last = text
    },
  }
}
