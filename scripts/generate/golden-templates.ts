import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildTemplates, keepFirstRevisions, planStacks, readEnvironments } from '../../infra/lib/planning/index.ts'

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
  const templates = keepFirstRevisions(buildTemplates(state), present())
  const files = [...templates, ['stacks.json', planStacks(state)] as const].map(
    ([file, value]): [path: string, text: string] => [join(folder, file), `${JSON.stringify(value, null, 1)}\n`],
  )
  const known = new Set(files.map(([path]) => path))
  const extra = jsonFiles()
    .map((file) => join(folder, file))
    .filter((path) => !known.has(path))
  return { files, extra }
}

function jsonFiles(): string[] {
  const all = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
  return all.filter((file) => file.endsWith('.json'))
}

/** The golden templates as they are: first revisions are read from there. */
function present(): Map<string, object> {
  return new Map(
    jsonFiles().map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as object] as const),
  )
}
