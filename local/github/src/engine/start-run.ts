import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asText, interpolate, type Contexts } from '../expressions/evaluate.ts'
import type { RunInfo } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Run } from '../records.ts'
import type { Workflow } from '../workflow/model.ts'
import { githubContext } from './job-environment.ts'
import { callWorkflow } from './call-workflow.ts'
import { overall, runJobs } from './run-jobs.ts'
import { takeTurn } from './take-turn.ts'
import type { Source } from './sources.ts'

/** Starts one workflow. The run goes on by itself; what it comes to is told by events. */
export async function startRun(
  hub: Hub,
  source: Source,
  start: {
    readonly workflow: Workflow
    readonly event: string
    readonly actor: string
    readonly sha: string
    readonly headSha: string
    readonly ref: string
    readonly branch: string
    readonly payload: object
    readonly inputs: Readonly<Record<string, unknown>>
    readonly isUntrusted: boolean
  },
): Promise<Run> {
  const id = hub.nextId()
  const folder = join(hub.options.folder, 'runs', String(id))
  await mkdir(folder, { recursive: true })
  const { workflow, event, actor, sha, headSha, ref, branch, inputs, isUntrusted } = start
  const { path, name } = workflow
  const info: RunInfo = { id, workflow: path, name, event, actor, sha, headSha, ref, branch, inputs }
  const draft = {
    workflow,
    payload: start.payload,
    folder,
    abort: new AbortController(),
    startedAt: hub.now().toISOString(),
    isUntrusted,
  }
  const run: Run = { ...draft, info, status: 'queued', approvals: [], pending: [] }
  const contexts: Contexts = {
    github: githubContext(hub, run, { id: '' }),
    vars: hub.options.variables ?? {},
    secrets: isUntrusted ? {} : (hub.options.secrets ?? {}),
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
    const cancel = () => run.abort.abort(new Error('a newer run took its place'))
    const { signal } = run.abort
    const turn = await takeTurn({ hub, signal }, run.workflow.concurrency, contexts, cancel)
    if (!turn) run.conclusion = 'cancelled'
    else {
      run.status = 'in_progress'
      try {
        const { workflow } = run
        const scope = { hub, run, workflow, contexts, permissions: undefined, prefix: '', source, signal }
        run.conclusion = overall(await runJobs({ ...scope, call: callWorkflow }))
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
