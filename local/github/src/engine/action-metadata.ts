import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** `action.yml`, the part that a runner needs. */
export interface ActionMetadata {
  readonly name?: string
  readonly inputs?: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>
  readonly outputs?: Readonly<Record<string, { readonly value?: string }>>
  readonly runs: {
    readonly using: string
    readonly main?: string
    readonly pre?: string
    readonly post?: string
    readonly steps?: readonly Readonly<Record<string, unknown>>[]
  }
}

/** Reads the metadata of an action in a folder. Throws when there is none, or when it runs on something that this runner has not. */
export function readAction(folder: string): ActionMetadata {
  const file = ['action.yml', 'action.yaml'].map((name) => join(folder, name)).find((path) => existsSync(path))
  if (file == null) throw new Error(`expected an action in ${folder}, found no action.yml`)
  const metadata = parse(readFileSync(file, 'utf8')) as ActionMetadata
  if (!['node24', 'composite'].includes(metadata.runs.using)) {
    throw new Error(
      `${file}: runs.using ${metadata.runs.using} is not supported by the local runner (node24, composite)`,
    )
  }
  return metadata
}
