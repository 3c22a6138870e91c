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
import { formerState } from './plan/former-state.ts'
import { goldenFolder, goldenTemplates, goldenTemplatesAt } from './plan/golden-templates.ts'

const root = join(import.meta.dirname, '../..')

/** `sluice plan`: what a change of the infrastructure would do, without an account. */
export const plan: Command = {
  name: 'plan',
  summary: 'what a change of the infrastructure would do, offline: resources, permissions, cost, guards',
  help: `usage: sluice plan [--against REVISION] [--environment NAME] [--environments DIR] [--json]

Compares what is deployed, the golden templates in ${goldenFolder}, with what the CDK app and environments/ give now:
resources that are added, changed, replaced and deleted, permissions that are given, dollars a month. Needs no account and
no network. Prints Markdown, for a terminal and for a pull request. Exit code 1 when a guard stands against the change: one
that touches what a release owns (listener rules, task definitions), or replaces what those point at.

  --against REVISION  the golden templates of a commit, branch or tag, in place of those on disk
  --environment NAME  one environment, or "shared" for what all of them share
  --environments DIR  in place of environments/
  --json              { stacks: [{ file, kind, resources, permissions, isBroadened, others }], guards, costs, unpriced }

  sluice plan --environment dev                        what is not yet in the golden templates
  sluice plan --against origin/main                    what this branch changes
  sluice plan --against v1.4.0 --environment prod --json`,
  async run(args) {
    const { against, environment, environments, json } = parse(args)
    const state = await readEnvironments(environments)
    const only = (templates: ReadonlyMap<string, object>) =>
      new Map([...templates].filter(([file]) => environment == null || file.startsWith(`${environment}/`)))
    const golden = await goldenTemplates(root)
    const deployed = against == null ? golden : goldenTemplatesAt(root, against)
    // One that is gone from environments/ is still planned for: its stacks are deleted.
    const known = [...new Set(['shared', ...Object.keys(state.environments), ...environmentsOf(deployed)])]
    if (environment != null && !known.includes(environment)) {
      throw new ConfigurationError(`--environment: expected one of ${known.join(', ')}, found "${environment}"`)
    }
    const result = planInfra(
      state,
      only(deployed),
      only(keepFirstRevisions(buildTemplates(state), golden)),
      await readCostAssumptions(),
      formerState(root, against ?? 'HEAD'),
    )
    console.log(json ? JSON.stringify(result, null, 2) : describePlan(result))
    return result.guards.length > 0 ? 1 : 0
  },
}

const environmentsOf = (templates: ReadonlyMap<string, object>) =>
  [...templates.keys()].map((file) => file.split('/')[0] ?? '')

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
