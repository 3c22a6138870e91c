import type { Dispatch } from './trigger.ts'
import { ConfigurationError } from '@sluice/core/failure'
import type { RunInfo } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Sources } from '../engine/sources.ts'
import { expectKnown } from '../engine/only-jobs.ts'
import { startRun } from '../engine/start-run.ts'
import type { InputDefinition } from '../workflow/model.ts'
import { originOf } from './origin.ts'

/** Starts one workflow. Throws a `ConfigurationError` when it takes no such dispatch. */
export async function onDispatch(hub: Hub, sources: Sources, dispatch: Dispatch): Promise<RunInfo> {
  const { actor, workflow: name, ref, inputs } = dispatch
  const branch = ref.replace(/^refs\/heads\//, '')
  const sha = await hub.repository.resolve(branch)
  if (sha == null) throw new ConfigurationError(`expected a branch to run ${name} on, found no ${ref}`)
  const source = await sources(sha)
  const workflow = [...source.workflows.values()].find(({ path }) => path.endsWith(`/${name}`))
  const definitions = workflow?.on.workflow_dispatch?.inputs
  if (!workflow || !definitions)
    throw new ConfigurationError(`Workflow ${name} does not have 'workflow_dispatch' trigger`)
  expectKnown(hub.options.onlyJobs, [workflow])
  const values = dispatchInputs(definitions, inputs)
  const payload = {
    ref: `refs/heads/${branch}`,
    inputs: values,
    workflow: workflow.path,
    ...originOf(hub, actor),
  }
  const run = await startRun(hub, source, {
    workflow,
    event: 'workflow_dispatch',
    actor,
    sha,
    headSha: sha,
    ref: `refs/heads/${branch}`,
    branch,
    payload,
    inputs: values,
    isUntrusted: false,
  })
  return run.info
}

/** Inputs of a dispatch with their defaults. Throws a `ConfigurationError` with all that is missing, unknown or no value of its type. */
export function dispatchInputs(
  definitions: Readonly<Record<string, InputDefinition>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const problems = Object.keys(given)
    .filter((name) => !(name in definitions))
    .map((name) => `Unexpected inputs provided: ["${name}"]`)
  const values: Record<string, unknown> = {}
  for (const [name, { required, default: value, type, options }] of Object.entries(definitions)) {
    const chosen = given[name] ?? value ?? ''
    const isEmpty = chosen === ''
    if (required === true && isEmpty) problems.push(`Required input '${name}' not provided`)
    else if (type === 'choice' && !isEmpty && !options?.includes(String(chosen)))
      problems.push(
        `Provided value '${String(chosen)}' for input '${name}' not in the list of allowed values: ${options?.join(', ')}`,
      )
    else if (type === 'boolean' && !isEmpty && !['true', 'false'].includes(String(chosen)))
      problems.push(`Provided value '${String(chosen)}' for input '${name}' is not true or false`)
    else if (type === 'number' && !isEmpty && !Number.isFinite(Number(chosen)))
      problems.push(`Provided value '${String(chosen)}' for input '${name}' is not a number`)
    values[name] = type === 'boolean' ? String(chosen) === 'true' : type === 'number' ? Number(chosen) : chosen
  }
  if (problems.length > 0) throw new ConfigurationError(problems.map((message) => ({ message })))
  return values
}
