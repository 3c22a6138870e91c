import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../../../environments')

/** The text of every YAML file of this repository's `environments/`, by path. */
export function readFiles(): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}
