import type { PullRequest } from '../records.ts'
import type { PullRequestAction } from '../workflow/model.ts'

/** A branch that moved. */
export interface Push {
  readonly actor: string
  readonly branch: string
  readonly before: string | undefined
  readonly after: string
  /** A job's own token pushes without starting anything. */
  readonly startsWorkflows: boolean
}

/** Something that was done to a pull request. */
export interface PullRequestChange {
  readonly pull: PullRequest
  readonly action: PullRequestAction
  readonly actor: string
  /** What a job's own token opens starts nothing. */
  readonly startsWorkflows: boolean
}

/** A workflow started by hand, or by a job's token. */
export interface Dispatch {
  readonly actor: string
  /** The file's name. */
  readonly workflow: string
  readonly ref: string
  readonly inputs: Readonly<Record<string, unknown>>
}
