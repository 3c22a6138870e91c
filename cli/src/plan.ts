import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import {
  buildTemplates,
  describePlan,
  keepFirstRevisions,
  planInfra,
  readCostAssumptions,
  readEnvironments,
} from '@sluice/infra/planning'
import type { Command } from './command.ts'

const root = join(import.meta.dirname, '../..')
const golden = 'infra/golden'

/** `sluice plan`: what a change of the infrastructure would do, without an account. */
export const plan: Command = {
  name: 'plan',
  summary: 'what a change of the infrastructure would do, offline: resources, permissions, cost, guards',
  help: `usage: sluice plan [--against REVISION] [--environment NAME] [--environments DIR] [--json]

Compares the golden templates (${golden}, or those of a git revision) with what the templates are now: resources added,
changed, replaced and deleted, permissions given, dollars a month. Needs no account and no network. Prints Markdown. Exit
code 1 when a guard stands against the change: one that touches what a release owns (listener rules, task definitions).

  sluice plan --against origin/main
  sluice plan --environment prod`,
  async run(args) {
    const { against, environment, environments, json } = parse(args)
    const state = await readEnvironments(environments)
    const only = (templates: ReadonlyMap<string, object>) =>
      new Map([...templates].filter(([file]) => environment == null || file.startsWith(`${environment}/`)))
    const golden = await goldenTemplates()
    const before = only(against == null ? golden : goldenTemplatesOf(against))
    if (environment != null && !state.environments[environment] && environment !== 'shared') {
      const known = ['shared', ...Object.keys(state.environments)].join(', ')
      throw new ConfigurationError(`--environment: expected one of ${known}, found "${environment}"`)
    }
    const result = planInfra(
      state,
      before,
      only(keepFirstRevisions(buildTemplates(state), golden)),
      await readCostAssumptions(),
    )
    console.log(json ? JSON.stringify(result, null, 2) : describePlan(result))
    return result.guards.length > 0 ? 1 : 0
  },
}

async function goldenTemplates(): Promise<Map<string, object>> {
  const folder = join(root, golden)
  let files
  try {
    files = await readdir(folder, { recursive: true })
  } catch (error) {
    const hint = 'npm run generate writes them'
    throw new ConfigurationError([{ message: `expected golden templates in ${golden}, found none`, hint }], {
      cause: error,
    })
  }
  const templates = files.filter((file) => file.endsWith('.template.json')).sort()
  return new Map(
    await Promise.all(
      templates.map(async (file) => [file, JSON.parse(await readFile(join(folder, file), 'utf8')) as object] as const),
    ),
  )
}

/** The golden templates as they stand at a git revision; none where it had none yet. */
function goldenTemplatesOf(revision: string): Map<string, object> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, stdio: 'pipe' })
  try {
    git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  } catch (error) {
    const hint = 'fetch it first'
    throw new ConfigurationError([{ message: `--against: expected a git revision, found "${revision}"`, hint }], {
      cause: error,
    })
  }
  const files = git('ls-tree', '-r', '--name-only', revision, '--', golden)
    .split('\n')
    .filter((file) => file.endsWith('.template.json'))
  return new Map(
    files.map((file) => [file.slice(golden.length + 1), JSON.parse(git('show', `${revision}:${file}`)) as object]),
  )
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        against: { type: 'string' },
        environment: { type: 'string' },
        environments: { type: 'string', default: join(root, 'environments') },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
}
