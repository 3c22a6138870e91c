import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Values by key that survive a restart: read once, written whole and atomically on every change. */
export interface StateStore<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  entries(): readonly (readonly [key: string, value: Value])[]
}

/** A store in one JSON file. A file that cannot be read is an error: state is never silently begun anew. */
export function openStateStore<Value>(file: string): StateStore<Value> {
  mkdirSync(dirname(file), { recursive: true })
  const values = new Map<string, Value>(read<Value>(file))
  const save = () => {
    const next = `${file}.next`
    writeFileSync(next, JSON.stringify([...values]))
    renameSync(next, file)
  }
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.set(key, value)
      save()
    },
    delete: (key) => {
      if (values.delete(key)) save()
    },
    entries: () => [...values],
  }
}

function read<Value>(file: string): [string, Value][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as [string, Value][]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Error(`${file} cannot be read; remove the state folder to start anew`, { cause: error })
  }
}
