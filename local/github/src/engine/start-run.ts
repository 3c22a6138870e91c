import { mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, type Problem } from '@sluice/core/failure'
import { asText, interpolate, type Contexts } from '../expressions/evaluate.ts'
import type { RunInfo } from '../events.ts'
import type { Hub, Run } from '../hub.ts'
import { checkWorkflows, workflowPath } from '../workflow/check-workflows.ts'
import type { Workflow } from '../workflow/model.ts'
import { githubProblems } from '../workflow/github-parser.ts'
import { readWorkflow } from '../workflow/read-workflow.ts'
import { githubContext } from './job-environment.ts'
import { overall, runJobs, takeTurn } from './run-jobs.ts'

/** What a commit brings along: its workflows, checked, and its actions on disk. */
export interface Source {
  readonly folder: string
  readonly workflows: ReadonlyMap<string, Workflow>
}

/** Reads workflows and actions of a commit once. Throws a `ConfigurationError` with all that the local runner cannot run. */
export function createSources(hub: Pick<Hub, 'repository' | 'options'>): (commit: string) => Promise<Source> {
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

/** Starts one workflow. The run goes on by itself; what it comes to is told by events. */
export async function startRun(
  hub: Hub,
  source: Source,
  start: {
    readonly workflow: Workflow
    readonly event: string
    readonly actor: string
    readonly sha: string
    readonly branch: string
    readonly payload: object
    readonly inputs: Readonly<Record<string, unknown>>
  },
): Promise<Run> {
  const id = hub.nextId()
  const folder = join(hub.options.folder, 'runs', String(id))
  await mkdir(folder, { recursive: true })
  const { workflow, event, actor, sha, branch, inputs } = start
  const info: RunInfo = { id, workflow: workflow.path, name: workflow.name, event, actor, sha, branch, inputs }
  const draft = {
    workflow,
    payload: start.payload,
    folder,
    abort: new AbortController(),
    startedAt: hub.now().toISOString(),
  }
  const run: Run = { ...draft, info, status: 'queued', approvals: [], pending: [] }
  const contexts: Contexts = {
    github: githubContext(hub, run, { id: '' }),
    vars: hub.options.variables ?? {},
    secrets: hub.options.secrets ?? {},
    inputs,
  }
  const named =
    workflow.runName == null
      ? run
      : { ...run, info: { ...info, name: asText(interpolate(workflow.runName, contexts)) } }
  hub.runs.set(id, named)
  void follow(hub, source, named, contexts)
  return named
}

async function follow(hub: Hub, source: Source, run: Run, contexts: Contexts): Promise<void> {
  const { onEvent } = hub.options
  onEvent({ type: 'run-started', run: run.info })
  try {
    const turn = await takeTurn({ hub, run, signal: run.abort.signal }, run.workflow.concurrency, contexts)
    if (!turn) run.conclusion = 'cancelled'
    else {
      run.status = 'in_progress'
      const load = (uses: string): Workflow => {
        const called = source.workflows.get(workflowPath(uses))
        if (!called?.on.workflow_call) throw new Error(`${uses} cannot be called: it has no workflow_call`)
        return called
      }
      try {
        const scope = {
          hub,
          run,
          workflow: run.workflow,
          contexts,
          permissions: undefined,
          prefix: '',
          source: source.folder,
          signal: run.abort.signal,
          load,
        }
        run.conclusion = overall(await runJobs(scope))
      } finally {
        turn()
      }
    }
  } catch (error) {
    run.conclusion = 'failure'
    onEvent({ type: 'annotation', run: run.info, job: '', level: 'error', message: (error as Error).message })
  }
  run.status = 'completed'
  onEvent({ type: 'run-finished', run: run.info, conclusion: run.conclusion ?? 'failure' })
}
