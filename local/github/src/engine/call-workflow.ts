import { asText, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import { isOfType, workflowPath } from '../workflow/check-calls.ts'
import type { InputDefinition, Job } from '../workflow/model.ts'
import type { JobResult, WorkflowScope } from './workflow-scope.ts'
import { overall, runJobs } from './run-jobs.ts'
import { takeTurn } from './take-turn.ts'

/** Runs the reusable workflow that a job calls. Throws when it cannot be called, or not with these inputs. */
export async function callWorkflow(
  scope: WorkflowScope,
  job: Job,
  contexts: Contexts,
  cancel: () => void,
): Promise<JobResult> {
  const called = scope.source.workflows.get(workflowPath(job.uses ?? ''))
  const { workflow_call: definition } = called?.on ?? {}
  if (!called || !definition) throw new Error(`${job.uses} cannot be called: it has no workflow_call`)
  const inputs = callInputs(definition.inputs, interpolateAll(job.with, contexts) as Record<string, unknown>)
  const secrets = interpolateAll(job.secrets, contexts)
  const inner: Contexts = { github: contexts['github'], vars: contexts['vars'], inputs, secrets }
  const turn = await takeTurn(scope, called.concurrency, inner, cancel)
  if (!turn) return { result: 'cancelled', outputs: {} }
  try {
    const jobs = await runJobs({ ...scope, workflow: called, contexts: inner })
    const outputs = Object.fromEntries(
      Object.entries(definition.outputs).map(([name, { value }]) => [
        name,
        asText(interpolate(value, { ...inner, jobs })),
      ]),
    )
    return { result: overall(jobs), outputs }
  } finally {
    turn()
  }
}

/** The values of a call, and what its inputs are without one. Throws with all that are of another type. */
function callInputs(
  definitions: Readonly<Record<string, InputDefinition>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const problems: string[] = []
  const empty = { boolean: false, number: 0 } as const
  const values = Object.entries(definitions).map(([name, { default: value, type }]) => {
    const chosen = given[name] ?? value ?? empty[type as 'boolean' | 'number'] ?? ''
    if (!isOfType(chosen, type)) problems.push(`input ${name} expects a ${type}, found ${JSON.stringify(chosen)}`)
    return [name, type === 'string' ? asText(chosen) : chosen]
  })
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return Object.fromEntries(values) as Record<string, unknown>
}
