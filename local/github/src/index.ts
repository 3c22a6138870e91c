export { startGitHub, type LocalGitHub } from './start-github.ts'
export type { Conclusion, GitHubEvent, RunInfo } from './events.ts'
export type { Deployment, GitHubOptions, PullRequest, Run } from './hub.ts'
