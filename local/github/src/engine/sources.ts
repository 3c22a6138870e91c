import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, type Problem } from '@sluice/core/failure'
import type { Hub } from '../hub.ts'
import { checkWorkflows } from '../workflow/check-workflows.ts'
import { githubProblems } from '../workflow/github-parser.ts'
import type { Workflow } from '../workflow/model.ts'
import { readWorkflow } from '../workflow/read-workflow.ts'

/** What a commit brings along: its workflows, checked, and its actions on disk. */
export interface Source {
  readonly folder: string
  readonly workflows: ReadonlyMap<string, Workflow>
}

/** Gives what a commit brings along. Throws a `ConfigurationError` with all that the local runner cannot run. */
export type Sources = (commit: string) => Promise<Source>

/** Reads workflows and actions of a commit once. */
export function createSources(hub: Pick<Hub, 'repository' | 'options'>): Sources {
  const known = new Map<string, Promise<Source>>()
  const load = async (commit: string): Promise<Source> => {
    const folder = join(hub.options.folder, 'sources', commit)
    await hub.repository.extract(commit, ['.github', 'actions'], folder)
    const listing = await hub.repository.git(['ls-tree', '--name-only', commit, '.github/workflows/'])
    const problems: Problem[] = []
    const workflows = new Map<string, Workflow>()
    for (const path of listing.split('\n').filter((line) => /\.ya?ml$/.test(line))) {
      const text = (await hub.repository.file(commit, path))?.toString('utf8') ?? ''
      problems.push(...(await githubProblems(path, text)))
      workflows.set(path, readWorkflow(path, text, problems))
    }
    problems.push(...checkWorkflows(workflows, (path) => existsSync(join(folder, path, 'action.yml'))))
    if (problems.length > 0) throw new ConfigurationError(problems)
    return { folder, workflows }
  }
  return (commit) => {
    const source = known.get(commit) ?? load(commit)
    known.set(commit, source)
    return source
  }
}
