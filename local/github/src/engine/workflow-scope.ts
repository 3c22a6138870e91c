import type { Contexts } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Run } from '../records.ts'
import type { Job, Permissions, Workflow } from '../workflow/model.ts'
import type { Source } from './sources.ts'

/** How a job ended. */
export interface JobResult {
  readonly result: Conclusion
  readonly outputs: Readonly<Record<string, string>>
}

/** One workflow of a run: the one that was started, or a reusable one that a job calls. */
export interface WorkflowScope {
  readonly hub: Hub
  readonly run: Run
  readonly workflow: Workflow
  readonly contexts: Contexts
  /** What a called workflow may have at most. */
  readonly permissions: Permissions | undefined
  readonly prefix: string
  readonly source: Source
  /** Ends the jobs: the run was cancelled, a newer one took its place in a group, or a job beside them in a matrix failed. */
  readonly signal: AbortSignal
  /** Runs the reusable workflow that a job calls. */
  readonly call: (scope: WorkflowScope, job: Job, contexts: Contexts, cancel: () => void) => Promise<JobResult>
}
