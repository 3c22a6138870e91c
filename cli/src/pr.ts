import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import type { Command } from './command.ts'

/** `sluice pr`: what pr.yml says of HEAD, before anybody else sees it. */
export const pr: Command = {
  name: 'pr',
  summary: 'run pr.yml on HEAD as a pull request into main, on this machine',
  help: `sluice pr [--base REVISION] [--job ID]...

Opens a pull request from HEAD into a branch at REVISION on the local GitHub, and runs the workflows that it starts: of the merge of
both, without secrets, each job in a checkout of its own. Your checkout is not touched. Exit code 1 when a run fails. What the jobs
call must be on the machine (pr.yml: go, jq, pipx). Logs stay in .sluice/pull-request.

  --base REVISION  what HEAD is merged into (origin/main, else main)
  --job ID         only this job and those that it needs; the others are left out and count as skipped. Can be repeated

Examples
  npx sluice pr
  npx sluice pr --job check --job dist
`,
  run: async (args) => {
    const options = parse(args)
    const { runPullRequest } = await import('./pull-request/run-pull-request.ts')
    return runPullRequest({ ...(options.base == null ? {} : { base: options.base }), jobs: options.job ?? [] })
  },
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { base: { type: 'string' }, job: { type: 'string', multiple: true } },
    }).values
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
}
