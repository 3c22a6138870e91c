import { asText, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import { expandMatrix, type Combination } from '../workflow/matrix.ts'
import type { Job } from '../workflow/model.ts'
import { approved } from './approval.ts'
import { checkName, openCheck } from './checks.ts'
import { atMost, readOnly } from './permissions.ts'
import { runJob } from './run-job.ts'
import type { JobResult, WorkflowScope } from './workflow-scope.ts'
import { takeTurn } from './take-turn.ts'

/** Runs a job once for each combination of its matrix, or once. Throws when the matrix is none that GitHub would take. */
export async function runMatrix(scope: WorkflowScope, job: Job, contexts: Contexts): Promise<JobResult> {
  const matrix = job.strategy?.matrix
  const combinations: (Combination | undefined)[] =
    matrix == null ? [undefined] : expandMatrix(interpolateAll(matrix, contexts))
  const results: JobResult[] = []
  const queue = combinations.entries()
  const siblings = new AbortController()
  const inMatrix = { ...scope, signal: AbortSignal.any([scope.signal, siblings.signal]) }
  const lane = async () => {
    for (const [index, matrix] of queue) {
      const one = await runOne(inMatrix, job, { ...contexts, matrix: matrix ?? null }, matrix && index)
      results.push(one)
      if (one.result === 'failure' && job.strategy?.failFast === true) siblings.abort(new Error('a sibling failed'))
    }
  }
  await Promise.all(Array.from({ length: job.strategy?.maxParallel ?? combinations.length }, lane))
  const worst = (['failure', 'cancelled', 'success'] as const).find((one) =>
    results.some(({ result }) => result === one),
  )
  return {
    result: worst ?? 'skipped',
    outputs: Object.assign({}, ...results.map(({ outputs }) => outputs)) as Record<string, string>,
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
  const name = checkName(scope, asText(interpolate(job.name ?? job.id, contexts)))
  // A job that calls a workflow is no check itself, its jobs are.
  const endCheck = job.uses == null ? openCheck(scope, name) : () => undefined
  const ended = (result: JobResult): JobResult => {
    endCheck(result.result)
    return result
  }
  if (scope.signal.aborted) return ended({ result: 'cancelled', outputs: {} })
  const key = [scope.prefix, job.id, index]
    .filter((part) => part != null && part !== '')
    .join('-')
    .replaceAll(/[^\w-]+/g, '_')
  const asked = atMost(job.permissions ?? scope.workflow.permissions ?? {}, scope.permissions)
  const permissions = run.isUntrusted ? readOnly(asked) : asked
  const replaced = new AbortController()
  const cancel = () => replaced.abort(new Error('a newer job took its place'))
  const own = { ...scope, permissions, signal: AbortSignal.any([scope.signal, replaced.signal]) }
  try {
    const turn = await takeTurn(own, job.concurrency, contexts, cancel)
    if (!turn) return ended({ result: 'cancelled', outputs: {} })
    try {
      if (job.uses != null) return await scope.call({ ...own, prefix: name }, job, contexts, cancel)
      const environment = job.environment == null ? undefined : asText(interpolate(job.environment.name, contexts))
      const isApproved = environment == null || (await approved(hub, run, name, environment, own.signal))
      if (own.signal.aborted) return ended({ result: 'cancelled', outputs: {} })
      if (!isApproved) return ended({ result: 'failure', outputs: {} })
      return ended(await runJob({ ...own, job, key, name, contexts, environment }))
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
