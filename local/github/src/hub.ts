import type { Conclusion, GitHubEvent, RunInfo } from './events.ts'
import type { Repository } from './git.ts'
import type { Launcher } from './launcher/launcher.ts'
import type { TokenIssuer } from './oidc.ts'
import type { Dispatch } from './triggers/dispatch.ts'
import type { PullRequestChange } from './triggers/pull-request.ts'
import type { Push } from './triggers/push.ts'
import type { Permissions, Workflow } from './workflow/model.ts'
import type { ConcurrencyGroups } from './engine/concurrency.ts'

export interface User {
  readonly login: string
  readonly kind: 'user' | 'bot'
  /** Addresses that commits of this account carry. */
  readonly emails?: readonly string[]
}

export interface EnvironmentSettings {
  readonly reviewers: readonly string[]
  readonly preventSelfReview: boolean
  /** Patterns of the branches whose jobs may name it; any branch when nothing is said. */
  readonly branches?: readonly string[]
}

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

/** What a token stands for. */
export interface TokenGrant {
  readonly login: string
  readonly permissions: Permissions
  /** An App's token starts workflows with what it pushes; a job's own does not (but by a dispatch). */
  readonly startsWorkflows: boolean
  readonly run?: Run
  readonly claims?: Readonly<Record<string, string>>
}

export interface GitHubOptions {
  /** Its state: the bare repository, artifacts, logs, summaries. */
  readonly folder: string
  /** 0 takes a free port. */
  readonly port?: number
  readonly source: { readonly repository: string; readonly commit: string }
  readonly owner: string
  readonly ownerId: number
  readonly repository: string
  readonly repositoryId: number
  readonly users: readonly User[]
  readonly environments: Readonly<Record<string, EnvironmentSettings>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly variables?: Readonly<Record<string, string>>
  /** What the runner's image offers every job. Read when a job starts. */
  readonly jobEnvironment: () => Readonly<Record<string, string>>
  /**
   * The jobs of a started workflow that run, with those that they need; the others are left out, and say so. All when nothing is
   * said. An event is refused when what it would start has not all of them.
   */
  readonly onlyJobs?: readonly string[]
  /** Which workspaces stay after their job: all, when nothing is said. Logs, summaries and artifacts always do. */
  readonly workspaces?: 'of-failed'
  /** Jobs at a time. */
  readonly parallelJobs?: number
  readonly onEvent: (event: GitHubEvent) => void
  /** Time limits; the machine's own clock when nothing is said. */
  readonly timeout?: (milliseconds: number) => AbortSignal
}

/** Everything that the parts of the local GitHub share. */
export interface Hub {
  readonly options: GitHubOptions
  readonly repository: Repository
  /** Starts what jobs run. */
  readonly launcher: Launcher
  readonly issuer: TokenIssuer
  readonly groups: ConcurrencyGroups
  /** Takes a seat among the jobs that run at a time. Resolves with a function that gives it back. */
  readonly seat: () => Promise<() => void>
  /** Arguments of Node for every node action. */
  readonly nodeArguments: readonly string[]
  /** `http://127.0.0.1:port`: API, OIDC and keys alike. */
  readonly url: string
  readonly fullName: string
  readonly runs: Map<number, Run>
  readonly pulls: PullRequest[]
  readonly statuses: CommitStatus[]
  readonly checks: CheckRun[]
  /** Aborted when the local GitHub closes: nothing may run on, not even what a cancelled run would still do. */
  readonly closed: AbortSignal
  readonly deployments: Deployment[]
  readonly tokens: Map<string, TokenGrant>
  nextId(): number
  now(): Date
  /** A signal that aborts after so many milliseconds: how long a job or a step may take, and how long a stopped one has left. */
  readonly timeout: (milliseconds: number) => AbortSignal
  /** Starts what a push starts. */
  pushed(push: Push): Promise<readonly RunInfo[]>
  /** Starts what a pull request starts. */
  pullRequest(change: PullRequestChange): Promise<readonly RunInfo[]>
  /** Starts a workflow by hand. Throws a `ConfigurationError` when it takes no such dispatch. */
  dispatched(dispatch: Dispatch): Promise<RunInfo>
}
