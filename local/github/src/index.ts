export { startGitHub, type LocalGitHub } from './start-github.ts'
export type { Conclusion, GitHubEvent, RunInfo } from './events.ts'
export type { Deployment, PullRequest, Run } from './records.ts'
export type { GitHubOptions } from './options.ts'
