import type { JobResult, WorkflowScope } from './workflow-scope.ts'
import { asText, conditionHolds, type Contexts } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { Job } from '../workflow/model.ts'
import { checkName, openCheck } from './checks.ts'
import { isWanted } from './only-jobs.ts'
import { runMatrix } from './run-matrix.ts'

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
  const status = { success: succeededBefore && !cancelled, failure: failedBefore, cancelled }
  const contexts: Contexts = {
    ...scope.contexts,
    needs: Object.fromEntries(Object.entries(needs).map(([id, { result, outputs }]) => [id, { result, outputs }])),
  }
  const chain = { failedBefore, succeededBefore }
  const unrun = (result: Conclusion): Finished => {
    openCheck(scope, checkName(scope, asText(job.name ?? job.id)))(result)
    return { ...chain, result, outputs: {} }
  }
  if (!isWanted(scope, job)) {
    const reason = `only ${scope.hub.options.onlyJobs?.join(', ')} was asked for`
    scope.hub.options.onEvent({ type: 'job-left-out', run: scope.run.info, job: asText(job.name ?? job.id), reason })
    return unrun('skipped')
  }
  try {
    if (!conditionHolds(job.if, contexts, status) || scope.hub.closed.aborted)
      return unrun(cancelled ? 'cancelled' : 'skipped')
    // A job of a cancelled run that asked for it (always(), cancelled()) runs as any other does.
    const signal = cancelled ? scope.hub.closed : scope.signal
    return { ...chain, ...(await runMatrix({ ...scope, signal }, job, contexts)) }
  } catch (error) {
    const message = (error as Error).message
    scope.hub.options.onEvent({ type: 'annotation', run: scope.run.info, job: job.id, level: 'error', message })
    return unrun('failure')
  }
}

/** A workflow's conclusion: any failure fails it, then any cancellation. */
export function overall(jobs: Readonly<Record<string, JobResult>>): Conclusion {
  const results = Object.values(jobs).map(({ result }) => result)
  if (results.includes('failure')) return 'failure'
  if (results.includes('cancelled')) return 'cancelled'
  return results.every((result) => result === 'skipped') ? 'skipped' : 'success'
}
