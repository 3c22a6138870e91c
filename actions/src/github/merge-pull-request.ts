import type { Clock } from '@sluice/core/clock'
import { ConfigurationError } from '@sluice/core/failure'
import { isStatus, type GitHub } from './clients.ts'
import type { PullRequest } from './promotions.ts'

const pollMilliseconds = 5000
/** GitHub creates the checks of a push within seconds. */
const firstCheckMilliseconds = 60_000

/**
 * Waits until no check of the commit runs any more. Throws a `ConfigurationError` that names the checks that failed, or that
 * did not end in time. With `expectsChecks` the first check is waited for, for a minute: a repository may have none.
 */
export async function waitForChecks(
  { octokit, owner, repo }: GitHub,
  pull: PullRequest,
  clock: Clock,
  { expectsChecks, timeoutMilliseconds }: { readonly expectsChecks: boolean; readonly timeoutMilliseconds: number },
): Promise<void> {
  const start = clock.now().getTime()
  const deadline = start + timeoutMilliseconds
  for (;;) {
    const { data } = await octokit.rest.checks.listForRef({ owner, repo, ref: pull.headSha, per_page: 100 })
    const failed = data.check_runs.filter(
      ({ status, conclusion }) =>
        status === 'completed' && !['success', 'neutral', 'skipped'].includes(conclusion ?? 'none'),
    )
    if (failed.length > 0) {
      const list = failed.map(({ name, conclusion }) => `${name} (${conclusion})`).join(', ')
      throw new ConfigurationError(`${pull.url}: expected every check to succeed, found ${list}`)
    }
    const running = data.check_runs.filter(({ status }) => status !== 'completed')
    const mayStillCome =
      expectsChecks && data.check_runs.length === 0 && clock.now().getTime() - start < firstCheckMilliseconds
    if (running.length === 0 && !mayStillCome) return
    if (clock.now().getTime() >= deadline) {
      const list = running.map(({ name }) => name).join(', ')
      throw new ConfigurationError(`${pull.url}: expected its checks to end, found ${list} still running`)
    }
    await clock.sleep(pollMilliseconds)
  }
}

/**
 * Merges exactly the commit that was proposed; one that is merged already, by an earlier try whose answer was lost or by another
 * job, is left as it is. Throws a `ConfigurationError` where the repository's rules forbid it.
 */
export async function mergePullRequest({ octokit, owner, repo }: GitHub, pull: PullRequest): Promise<void> {
  try {
    const request = { owner, repo, pull_number: pull.number, sha: pull.headSha, merge_method: 'squash' as const }
    await octokit.rest.pulls.merge(request)
  } catch (error) {
    if (!isStatus(error, 403, 405, 409)) throw error
    const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: pull.number })
    if (data.merged_at != null && data.head.sha === pull.headSha) return
    const hint = 'let the token that opens promotions pass the rules of main, or merge by hand'
    const message = `${pull.url} could not be merged: ${(error as Error).message}`
    throw new ConfigurationError([{ message, hint }], { cause: error })
  }
}
