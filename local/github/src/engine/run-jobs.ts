import { asText, conditionHolds, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { CheckRun, Hub, Run } from '../hub.ts'
import { expandMatrix, type Combination } from '../workflow/matrix.ts'
import type { Concurrency, Job, Permissions, Workflow } from '../workflow/model.ts'
import { approved } from './approval.ts'
import { runJob, type JobResult } from './run-job.ts'

/** One workflow of a run: the one that was started, or a reusable one that a job calls. */
export interface WorkflowScope {
  readonly hub: Hub
  readonly run: Run
  readonly workflow: Workflow
  readonly contexts: Contexts
  /** What a called workflow may have at most. */
  readonly permissions: Permissions | undefined
  readonly prefix: string
  readonly source: string
  /** Ends the jobs: the run was cancelled, or a job beside them in a matrix failed. */
  readonly signal: AbortSignal
  /** Reads a workflow that a job calls. */
  readonly load: (uses: string) => Workflow
}

interface Finished extends JobResult {
  /** A job before it failed, however far back. */
  readonly failedBefore: boolean
  /** Every job before it succeeded, however far back: one that was skipped did not. */
  readonly succeededBefore: boolean
}

/** Runs all jobs of a workflow as their needs allow. Gives every job's result. */
export async function runJobs(scope: WorkflowScope): Promise<Record<string, JobResult>> {
  const started = new Map<string, Promise<Finished>>()
  const start = (job: Job): Promise<Finished> => {
    const running = started.get(job.id)
    if (running) return running
    const promise = (async (): Promise<Finished> => {
      const needs: Record<string, Finished> = {}
      for (const id of job.needs) {
        const needed = scope.workflow.jobs[id]
        if (!needed) throw new Error(`job ${job.id} needs ${id}, which is no job of ${scope.workflow.path}`)
        needs[id] = await start(needed)
      }
      return runWhenNeeded(scope, job, needs)
    })()
    started.set(job.id, promise)
    return promise
  }
  const jobs = Object.values(scope.workflow.jobs)
  const results = await Promise.all(jobs.map(start))
  return Object.fromEntries(jobs.map((job, index) => [job.id, results[index] ?? { result: 'failure', outputs: {} }]))
}

async function runWhenNeeded(
  scope: WorkflowScope,
  job: Job,
  needs: Readonly<Record<string, Finished>>,
): Promise<Finished> {
  const before = Object.values(needs)
  const failedBefore = before.some(({ result, failedBefore: earlier }) => earlier || result === 'failure')
  // success() asks the whole chain: a job is skipped when one far before it was, even if those between ran (actions/runner#2205).
  const succeededBefore = before.every(({ result, succeededBefore: earlier }) => earlier && result === 'success')
  const cancelled = scope.signal.aborted
  const status = {
    success: succeededBefore && !cancelled,
    failure: failedBefore,
    cancelled,
  }
  const contexts: Contexts = {
    ...scope.contexts,
    needs: Object.fromEntries(Object.entries(needs).map(([id, { result, outputs }]) => [id, { result, outputs }])),
  }
  const none = { outputs: {}, failedBefore, succeededBefore }
  if (!conditionHolds(job.if, contexts, status) || scope.hub.closed.aborted) {
    const result = cancelled ? 'cancelled' : 'skipped'
    openCheck(scope, checkName(scope, asText(job.name ?? job.id)))(result)
    return { ...none, result }
  }
  // A job of a cancelled run that asked for it (always(), cancelled()) runs as any other does.
  const mayRun = cancelled ? scope.hub.closed : scope.signal
  const combinations: (Combination | undefined)[] = job.strategy
    ? expandMatrix(interpolateAll(job.strategy.matrix, contexts))
    : [undefined]
  const results: JobResult[] = []
  const queue = combinations.entries()
  const siblings = new AbortController()
  const inMatrix = { ...scope, signal: AbortSignal.any([mayRun, siblings.signal]) }
  const lane = async () => {
    for (const [index, matrix] of queue) {
      const one = inMatrix.signal.aborted
        ? { result: 'cancelled' as const, outputs: {} }
        : await runOne(inMatrix, job, { ...contexts, matrix: matrix ?? null }, matrix && index)
      results.push(one)
      if (one.result === 'failure' && job.strategy?.failFast === true) siblings.abort(new Error('a sibling failed'))
    }
  }
  await Promise.all(Array.from({ length: job.strategy?.maxParallel ?? Math.max(1, combinations.length) }, lane))
  const worst = (['failure', 'cancelled', 'success'] as const).find((one) =>
    results.some(({ result }) => result === one),
  )
  return {
    result: worst ?? 'skipped',
    outputs: Object.assign({}, ...results.map(({ outputs }) => outputs)) as Record<string, string>,
    failedBefore,
    succeededBefore,
  }
}

/** One combination of a job: waits for its group and its approval, then runs its steps or the workflow that it calls. */
async function runOne(
  scope: WorkflowScope,
  job: Job,
  contexts: Contexts,
  index: number | undefined,
): Promise<JobResult> {
  const { hub, run } = scope
  const ownName = asText(interpolate(job.name ?? job.id, contexts))
  const name = checkName(scope, ownName)
  // A job that calls a workflow is no check itself, its jobs are.
  const endCheck = job.uses == null ? openCheck(scope, name) : () => undefined
  const ended = (result: JobResult): JobResult => {
    endCheck(result.result)
    return result
  }
  const key = `${scope.prefix === '' ? '' : `${scope.prefix}-`}${job.id}${index == null ? '' : `-${index}`}`.replaceAll(
    /[^\w-]+/g,
    '_',
  )
  const asked = atMost(job.permissions ?? scope.workflow.permissions ?? {}, scope.permissions)
  const permissions = run.isUntrusted ? readOnly(asked) : asked
  try {
    const turn = await takeTurn(scope, job.concurrency, contexts)
    if (!turn) return ended({ result: 'cancelled', outputs: {} })
    try {
      if (job.uses != null) return await callWorkflow({ ...scope, prefix: name, permissions }, job, contexts)
      const environment = job.environment == null ? undefined : asText(interpolate(job.environment.name, contexts))
      const isApproved = environment == null || (await approved(hub, run, name, environment, scope.signal))
      if (scope.signal.aborted) return ended({ result: 'cancelled', outputs: {} })
      if (!isApproved) return ended({ result: 'failure', outputs: {} })
      const result = await runJob({
        hub,
        run,
        workflow: scope.workflow,
        job,
        key,
        name,
        contexts,
        permissions,
        environment,
        source: scope.source,
        signal: scope.signal,
      })
      return ended(result)
    } finally {
      turn()
    }
  } catch (error) {
    const message = (error as Error).message
    hub.options.onEvent({ type: 'annotation', run: run.info, job: name, level: 'error', message })
    hub.options.onEvent({ type: 'job-finished', run: run.info, job: name, conclusion: 'failure' })
    return ended({ result: 'failure', outputs: {} })
  }
}

function checkName(scope: WorkflowScope, ownName: string): string {
  return scope.prefix === '' ? ownName : `${scope.prefix} / ${ownName}`
}

/** Lists a job among the checks of the run's commit. Gives the function that ends it. */
function openCheck({ hub, run }: WorkflowScope, name: string): (conclusion: Conclusion) => void {
  const check: CheckRun = {
    id: hub.nextId(),
    name,
    sha: run.info.headSha,
    runId: run.info.id,
    startedAt: hub.now().toISOString(),
  }
  hub.checks.push(check)
  return (conclusion) => Object.assign(check, { conclusion, completedAt: hub.now().toISOString() })
}

/** Waits in a concurrency group; without one, at once. Undefined when it was cancelled while it waited. */
export async function takeTurn(
  scope: Pick<WorkflowScope, 'hub' | 'run' | 'signal'>,
  concurrency: Concurrency | undefined,
  contexts: Contexts,
): Promise<(() => void) | undefined> {
  if (!concurrency) return () => undefined
  return scope.hub.groups.enter(asText(interpolate(concurrency.group, contexts)), {
    queue: concurrency.queue,
    cancelInProgress: asText(interpolate(String(concurrency.cancelInProgress), contexts)) === 'true',
    signal: scope.signal,
    cancel: () => scope.run.abort.abort(new Error('a newer run took its place')),
  })
}

async function callWorkflow(scope: WorkflowScope, job: Job, contexts: Contexts): Promise<JobResult> {
  const called = scope.load(job.uses ?? '')
  const definitions = called.on.workflow_call?.inputs ?? {}
  const given = interpolateAll(job.with, contexts) as Record<string, unknown>
  const inputs = Object.fromEntries(
    Object.entries(definitions).map(([name, { default: value, type }]) => [
      name,
      given[name] ?? value ?? (type === 'boolean' ? false : ''),
    ]),
  )
  const secrets = interpolateAll(job.secrets, contexts)
  const inner: Contexts = { github: contexts['github'], vars: contexts['vars'], inputs, secrets }
  const turn = await takeTurn(scope, called.concurrency, inner)
  if (!turn) return { result: 'cancelled', outputs: {} }
  try {
    const jobs = await runJobs({ ...scope, workflow: called, contexts: inner })
    const outputs = Object.fromEntries(
      Object.entries(called.on.workflow_call?.outputs ?? {}).map(([name, { value }]) => [
        name,
        asText(interpolate(value, { ...inner, jobs })),
      ]),
    )
    return { result: overall(jobs), outputs }
  } finally {
    turn()
  }
}

/** A workflow's conclusion: any failure fails it, then any cancellation. */
export function overall(jobs: Readonly<Record<string, JobResult>>): Conclusion {
  const results = Object.values(jobs).map(({ result }) => result)
  if (results.includes('failure')) return 'failure'
  if (results.includes('cancelled')) return 'cancelled'
  return results.every((result) => result === 'skipped') ? 'skipped' : 'success'
}

/** The token of a fork's run reads, and proves nothing (GitHub: "Permissions for the GITHUB_TOKEN"). */
function readOnly(permissions: Permissions): Permissions {
  const { 'id-token': _, ...others } = permissions
  return Object.fromEntries(Object.entries(others).map(([scope, level]) => [scope, level === 'write' ? 'read' : level]))
}

const ranks = ['none', 'read', 'write']

/** A called workflow can lower what its caller has, never raise it. */
function atMost(wanted: Permissions, limit: Permissions | undefined): Permissions {
  if (!limit) return wanted
  return Object.fromEntries(
    Object.entries(wanted).map(([scope, level]) => [
      scope,
      ranks[Math.min(ranks.indexOf(level), ranks.indexOf(limit[scope] ?? 'none'))] ?? 'none',
    ]),
  )
}
