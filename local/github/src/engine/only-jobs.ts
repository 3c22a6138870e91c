import { ConfigurationError } from '@sluice/core/failure'
import type { Job, Workflow } from '../workflow/model.ts'
import type { WorkflowScope } from './workflow-scope.ts'

/** Whether a job of the started workflow was asked for, or is needed by one that was. What a called workflow has, it runs. */
export function isWanted(scope: WorkflowScope, job: Job): boolean {
  const { onlyJobs } = scope.hub.options
  if (!onlyJobs || scope.prefix !== '' || onlyJobs.includes(job.id)) return true
  const needing = Object.values(scope.workflow.jobs).filter(({ needs }) => needs.includes(job.id))
  return needing.some((other) => isWanted(scope, other))
}

/** Throws a `ConfigurationError` when a job that was asked for is in none of the workflows that an event is about to start. */
export function expectKnown(onlyJobs: readonly string[] | undefined, workflows: readonly Workflow[]): void {
  const known = workflows.flatMap(({ jobs }) => Object.keys(jobs))
  const unknown = (onlyJobs ?? []).filter((job) => !known.includes(job))
  if (known.length === 0 || unknown.length === 0) return
  const paths = workflows.map(({ path }) => path).join(', ')
  throw new ConfigurationError(
    `jobs to run: expected some of ${known.join(', ')} (${paths}), found ${unknown.join(', ')}`,
  )
}
