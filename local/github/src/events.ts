export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped'

/** What a watcher of the local GitHub is told, as it happens. */
export type GitHubEvent =
  | { readonly type: 'run-started'; readonly run: RunInfo }
  | { readonly type: 'run-finished'; readonly run: RunInfo; readonly conclusion: Conclusion }
  | { readonly type: 'job-started'; readonly run: RunInfo; readonly job: string }
  | { readonly type: 'job-finished'; readonly run: RunInfo; readonly job: string; readonly conclusion: Conclusion }
  | { readonly type: 'job-left-out'; readonly run: RunInfo; readonly job: string; readonly reason: string }
  | { readonly type: 'step-started'; readonly run: RunInfo; readonly job: string; readonly step: string }
  | {
      readonly type: 'step-finished'
      readonly run: RunInfo
      readonly job: string
      readonly step: string
      readonly conclusion: Conclusion
    }
  | { readonly type: 'log'; readonly run: RunInfo; readonly job: string; readonly line: string }
  | {
      readonly type: 'annotation'
      readonly run: RunInfo
      readonly job: string
      readonly level: 'error' | 'warning' | 'notice'
      readonly title?: string
      readonly message: string
      readonly file?: string
      readonly line?: string
    }
  | { readonly type: 'summary'; readonly run: RunInfo; readonly job: string; readonly markdown: string }
  | {
      readonly type: 'waiting-for-approval'
      readonly run: RunInfo
      readonly job: string
      readonly environment: string
      readonly reviewers: readonly string[]
    }
  | {
      readonly type: 'workflow-not-started'
      /** `.github/workflows/pr.yml`. */
      readonly workflow: string
      readonly event: string
      /** What happened: `pull request 3`, `the push to main`. */
      readonly subject: string
      readonly reason: string
    }
  | { readonly type: 'pull-request-opened'; readonly number: number; readonly title: string; readonly author: string }
  | {
      readonly type: 'pull-request-merged'
      readonly number: number
      readonly title: string
      readonly by: string
      readonly commit: string
    }

/** One workflow run, as it stands. */
export interface RunInfo {
  readonly id: number
  readonly workflow: string
  readonly name: string
  readonly event: string
  readonly actor: string
  /** The commit that runs: of a pull request, the merge of head and base. */
  readonly sha: string
  /** The commit that the jobs are checks of: of a pull request, its head. */
  readonly headSha: string
  /** GITHUB_REF: `refs/heads/main`, `refs/pull/3/merge`. */
  readonly ref: string
  /** The branch that moved: of a pull request, the one that is to be merged. */
  readonly branch: string
  readonly inputs: Readonly<Record<string, unknown>>
}
