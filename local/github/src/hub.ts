import type { CheckRun, CommitStatus, Deployment, PullRequest, Run } from './records.ts'
import type { GitHubOptions } from './options.ts'
import type { RunInfo } from './events.ts'
import type { Repository } from './git.ts'
import type { Launcher } from './launcher/launcher.ts'
import type { TokenIssuer } from './oidc.ts'
import type { Dispatch, PullRequestChange, Push } from './triggers/trigger.ts'
import type { Permissions } from './workflow/model.ts'
import type { ConcurrencyGroups } from './engine/concurrency.ts'

/** What a token stands for. */
export interface TokenGrant {
  readonly login: string
  readonly permissions: Permissions
  /** An App's token starts workflows with what it pushes; a job's own does not (but by a dispatch). */
  readonly startsWorkflows: boolean
  readonly run?: Run
  readonly claims?: Readonly<Record<string, string>>
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
