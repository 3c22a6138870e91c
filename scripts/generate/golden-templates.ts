import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildTemplates, planStacks, readEnvironments } from '../../infra/lib/planning/index.ts'

const folder = 'infra/golden'

/**
 * `infra/golden`: every template as git knows it, which plans compare with and deployments deploy; `stacks.json`, where each stands and
 * what it needs; and the files that no stack has any more.
 */
export async function goldenTemplates(): Promise<{
  readonly files: Array<[path: string, text: string]>
  readonly extra: string[]
}> {
  const state = await readEnvironments('environments')
  const files = [...buildTemplates(state), ['stacks.json', planStacks(state)] as const].map(
    ([file, value]): [path: string, text: string] => [join(folder, file), `${JSON.stringify(value, null, 1)}\n`],
  )
  const known = new Set(files.map(([path]) => path))
  const present = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
  const extra = present
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(folder, file))
    .filter((path) => !known.has(path))
  return { files, extra }
}
