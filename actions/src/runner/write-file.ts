import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { workspace } from './desired-state.ts'

/** Writes JSON below the checkout and resolves with the absolute path. */
export async function writeJsonFile(path: string, value: unknown): Promise<string> {
  const file = resolve(workspace(), path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
  return file
}
