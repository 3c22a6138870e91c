import { context, getOctokit } from '@actions/github'
import { retry } from '@octokit/plugin-retry'
import { ConfigurationError } from '@sluice/core/failure'

/** GitHub's API for one repository, as one token may use it. `GITHUB_API_URL` is honoured. */
export interface GitHub {
  readonly octokit: ReturnType<typeof getOctokit>
  readonly owner: string
  readonly repo: string
}

/** Answers that stay the same however often one asks: refusals, and what the plug-in leaves out, 405 and 409. */
const doNotRetry = [400, 401, 403, 404, 405, 409, 410, 422, 451]

/**
 * The one place where GitHub clients are made. Outages and throttling are tried again with growing pauses; the throttling
 * plug-in, which spaces writes by seconds, is for programs that make hundreds of them.
 */
export function gitHub(token: string, env: NodeJS.ProcessEnv = process.env): GitHub {
  const baseUrl = env['GITHUB_API_URL'] ?? 'https://api.github.com'
  return { octokit: getOctokit(token, { baseUrl, retry: { doNotRetry } }, retry), ...context.repo }
}

/** The workflow run that this step belongs to. Throws a `ConfigurationError` outside of one. */
export function currentRun(env: NodeJS.ProcessEnv = process.env): { id: number; attempt: number; url: string } {
  const id = Number(env['GITHUB_RUN_ID'])
  if (!Number.isInteger(id) || id <= 0) {
    throw new ConfigurationError('expected to run in a workflow (GITHUB_RUN_ID), found none')
  }
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com'
  return {
    id,
    attempt: Number(env['GITHUB_RUN_ATTEMPT'] ?? '1'),
    url: `${server}/${env['GITHUB_REPOSITORY']}/actions/runs/${id}`,
  }
}

/** Whether an error is GitHub's answer with that status. */
export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof Error && 'status' in error && statuses.includes(error.status as number)
}
