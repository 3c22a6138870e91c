import type { GitHubEvent } from './events.ts'

/** An account that may act. */
export interface User {
  readonly login: string
  readonly kind: 'user' | 'bot'
  /** Addresses that commits of this account carry. */
  readonly emails?: readonly string[]
}

/** How an environment is protected. */
export interface EnvironmentSettings {
  readonly reviewers: readonly string[]
  readonly preventSelfReview: boolean
  /** Patterns of the branches whose jobs may name it; any branch when nothing is said. */
  readonly branches?: readonly string[]
}

/** What a local GitHub is started with. */
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
