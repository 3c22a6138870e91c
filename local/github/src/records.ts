import type { Conclusion, RunInfo } from './events.ts'
import type { Workflow } from './workflow/model.ts'

/** One workflow run, from its start on. */
export interface Run {
  readonly info: RunInfo
  readonly workflow: Workflow
  /** The event's payload. */
  readonly payload: object
  readonly folder: string
  readonly abort: AbortController
  status: 'queued' | 'in_progress' | 'completed'
  conclusion?: Conclusion
  readonly startedAt: string
  /** From a fork or from Dependabot: no secrets, and a token that only reads. */
  readonly isUntrusted: boolean
  readonly approvals: Approval[]
  readonly pending: PendingApproval[]
}

/** What a reviewer said. */
export interface Approval {
  readonly environment: string
  readonly state: 'approved' | 'rejected'
  readonly user: string
  readonly comment: string
}

/** A job that waits for its environment's reviewers. */
export interface PendingApproval {
  readonly environment: string
  decide(state: Approval['state']): void
}

/** A job of a run as a check of the run's commit. */
export interface CheckRun {
  readonly id: number
  readonly name: string
  readonly sha: string
  readonly runId: number
  readonly startedAt: string
  conclusion?: Conclusion
  completedAt?: string
}

/** A pull request, open or closed. */
export interface PullRequest {
  readonly number: number
  title: string
  body: string
  readonly head: string
  readonly base: string
  /** Whose fork the head is in; a branch of this repository when nothing is said. */
  readonly fork?: string
  readonly author: string
  readonly createdAt: string
  state: 'open' | 'closed'
  mergedAt?: string
  mergeCommit?: string
  mergedBy?: string
  /** The head when it was merged or closed; the branch may move on. */
  headCommit?: string
  readonly labels: string[]
  readonly reviews: {
    readonly id: number
    readonly user: string
    readonly state: string
    readonly commit: string
    readonly at: string
  }[]
}

/** A status of a commit, as a job or a person set it. */
export interface CommitStatus {
  readonly id: number
  readonly sha: string
  readonly context: string
  readonly state: string
  readonly description: string
  readonly targetUrl: string
  readonly creator: string
  readonly createdAt: string
}

/** A deployment, with what was said of it. */
export interface Deployment {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly task: string
  readonly environment: string
  readonly description: string
  readonly payload: unknown
  readonly creator: string
  readonly createdAt: string
  readonly statuses: {
    readonly id: number
    readonly state: string
    readonly description: string
    readonly logUrl: string
    readonly environmentUrl: string
    readonly at: string
  }[]
}
