import type { Problem } from '@sluice/core/failure'
import type { Job, Workflow } from './model.ts'

/** GitHub: ten levels of reusable workflows, the caller included. */
const deepestCall = 10

/** `./.github/workflows/x.yml` and `$/.github/workflows/x.yml` as a path of the repository. */
export function workflowPath(uses: string): string {
  return uses.replace(/^(\.|\$)\//, '')
}

/** What of a workflow's calls of reusable workflows GitHub would refuse when the run starts, in its words. */
export function checkCalls(workflow: Workflow, workflows: ReadonlyMap<string, Workflow>): Problem[] {
  const problems: Problem[] = []
  for (const job of Object.values(workflow.jobs)) {
    if (job.uses == null) continue
    const location = { file: workflow.path, ...(job.line == null ? {} : { line: job.line }) }
    const report = (message: string) => problems.push({ message: `job ${job.id}: ${message}`, location })
    const called = workflows.get(workflowPath(job.uses))
    if (!called) report(`calls ${job.uses}, which does not exist`)
    else if (!called.on.workflow_call) report(`calls ${job.uses}, which cannot be called: it has no workflow_call`)
    else checkCall(job, called.on.workflow_call, report)
    const chain = longestChain(workflow, workflows, [workflow.path])
    if (chain.length > deepestCall)
      report(`reusable workflows may call ${deepestCall} levels deep, found ${chain.join(' -> ')}`)
  }
  return problems
}

function checkCall(
  job: Job,
  { inputs, secrets }: NonNullable<Workflow['on']['workflow_call']>,
  report: (message: string) => void,
): void {
  for (const name of Object.keys(job.with))
    if (!(name in inputs)) report(`Invalid input, ${name} is not defined in the referenced workflow.`)
  for (const [name, { required, type }] of Object.entries(inputs)) {
    const value = job.with[name]
    if (required === true && value == null) report(`Input ${name} is required, but not provided while calling.`)
    // What an expression comes to is known only in the run.
    else if (value != null && !String(value).includes('${{') && !isOfType(value, type))
      report(`input ${name} expects a ${type}, found ${JSON.stringify(value)}`)
  }
  for (const name of Object.keys(job.secrets))
    if (!(name in secrets)) report(`Invalid secret, ${name} is not defined in the referenced workflow.`)
  for (const [name, { required }] of Object.entries(secrets))
    if (required === true && job.secrets[name] == null)
      report(`Secret ${name} is required, but not provided while calling.`)
}

/** Whether a value may be given to an input of a reusable workflow. */
export function isOfType(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'number':
      return typeof value === 'number'
    default:
      return typeof value !== 'object'
  }
}

/** The longest chain of calls from a workflow; one that goes in a circle is cut where it has gone too deep. */
function longestChain(
  workflow: Workflow,
  workflows: ReadonlyMap<string, Workflow>,
  soFar: readonly string[],
): readonly string[] {
  if (soFar.length > deepestCall) return soFar
  const chains = Object.values(workflow.jobs).flatMap(({ uses }) => {
    const called = uses == null ? undefined : workflows.get(workflowPath(uses))
    return called ? [longestChain(called, workflows, [...soFar, called.path])] : []
  })
  return chains.reduce((longest, chain) => (chain.length > longest.length ? chain : longest), soFar)
}
