import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError, type Problem } from '@sluice/core/failure'
import type { Hub } from '../hub.ts'
import { checkWorkflows, usedActions } from '../workflow/check-workflows.ts'
import { githubActionProblems, githubProblems } from '../workflow/github-parser.ts'
import type { Action, Workflow } from '../workflow/model.ts'
import { actionFile, readAction } from '../workflow/read-action.ts'
import { readWorkflow } from '../workflow/read-workflow.ts'

/** What a commit brings along: its workflows, checked, and its actions on disk. */
export interface Source {
  readonly folder: string
  readonly workflows: ReadonlyMap<string, Workflow>
  /** Its own actions that they use, by folder, also within composite actions. */
  readonly actions: ReadonlyMap<string, Action>
}

/** Where workflows and actions lie. */
const sourceFolders = ['.github', 'actions']

/** Gives what a commit brings along. Throws a `ConfigurationError` with all that the local runner cannot run. */
export type Sources = (commit: string) => Promise<Source>

/**
 * Reads workflows and actions once for all commits that have the same: a promotion changes neither, and reading takes most of a
 * second.
 */
export function createSources(hub: Pick<Hub, 'repository' | 'options'>): Sources {
  const known = new Map<string, Promise<Source>>()
  const load = async (commit: string, trees: string): Promise<Source> => {
    const folder = join(hub.options.folder, 'sources', trees)
    await hub.repository.extract(commit, sourceFolders, folder)
    const paths = await hub.repository.list(commit, '.github/workflows')
    const problems: Problem[] = []
    const workflows = new Map<string, Workflow>()
    for (const path of paths.filter((one) => /\.ya?ml$/.test(one))) {
      const text = (await hub.repository.file(commit, path))?.toString('utf8') ?? ''
      problems.push(...(await githubProblems(path, text)))
      workflows.set(path, readWorkflow(path, text, problems))
    }
    const jobs = [...workflows.values()].flatMap((workflow) => Object.values(workflow.jobs))
    const actions = await readActions(
      folder,
      jobs.flatMap(({ steps }) => usedActions(steps)),
      problems,
    )
    problems.push(...checkWorkflows(workflows, actions))
    if (problems.length > 0) throw new ConfigurationError(problems)
    return { folder, workflows, actions }
  }
  return async (commit) => {
    const trees = await treesOf(hub, commit)
    const source = known.get(trees) ?? load(commit, trees)
    known.set(trees, source)
    return source
  }
}

/** What workflows and actions are, in one word: the ids of their trees. */
async function treesOf(hub: Pick<Hub, 'repository'>, commit: string): Promise<string> {
  const ids = await Promise.all(sourceFolders.map((path) => hub.repository.idOf(`${commit}:${path}`)))
  return ids.filter((id) => id != null).join('-')
}

async function readActions(
  folder: string,
  used: readonly string[],
  problems: Problem[],
): Promise<ReadonlyMap<string, Action>> {
  const actions = new Map<string, Action>()
  const queue = [...used]
  for (const path of queue) {
    const file = actions.has(path) ? undefined : actionFile(folder, path)
    if (file == null) continue
    problems.push(...(await githubActionProblems(file, await readFile(join(folder, file), 'utf8'))))
    const action = readAction(folder, file, problems)
    actions.set(path, action)
    queue.push(...usedActions(action.steps))
  }
  return actions
}
