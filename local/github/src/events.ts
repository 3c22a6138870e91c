export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped'

/** What a watcher of the local GitHub is told, as it happens. */
export type GitHubEvent =
  | { readonly type: 'run-started'; readonly run: RunInfo }
  | { readonly type: 'run-finished'; readonly run: RunInfo; readonly conclusion: Conclusion }
  | { readonly type: 'job-started'; readonly run: RunInfo; readonly job: string }
  | { readonly type: 'job-finished'; readonly run: RunInfo; readonly job: string; readonly conclusion: Conclusion }
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
  readonly sha: string
  readonly branch: string
  readonly inputs: Readonly<Record<string, unknown>>
}
