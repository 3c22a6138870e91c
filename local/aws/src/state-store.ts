import { readJsonFile, writeJsonFile } from './json-file.ts'

/** Values by key that survive a restart: read once, written whole on every change. */
export interface StateStore<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  entries(): readonly (readonly [key: string, value: Value])[]
}

/** A store in one JSON file. A file that cannot be read is an error: state is never silently begun anew. */
export function openStateStore<Value>(file: string): StateStore<Value> {
  const values = new Map((readJsonFile(file) ?? []) as [string, Value][])
  const save = () => writeJsonFile(file, [...values])
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
