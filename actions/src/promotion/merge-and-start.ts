import type { Clock } from '@sluice/core/clock'
import type { GitHub } from '../github/clients.ts'
import { mergePullRequest, waitForChecks } from '../github/merge-pull-request.ts'
import type { PullRequest } from '../github/promotions.ts'
import { startWorkflow } from '../github/start-workflow.ts'

/** A required check that takes longer is not a promotion's. */
const timeoutMilliseconds = 10 * 60_000

/**
 * Merges a promotion when its checks have ended well, and starts the deployment where the merge itself cannot: GitHub starts
 * nothing for what a job's own token did. A revert starts nothing: the environment runs that release already.
 */
export async function mergeAndStart(
  github: GitHub,
  pull: PullRequest,
  change: {
    readonly environment: string
    readonly service: string
    readonly 'revert-of'?: unknown
    readonly startsWorkflows: boolean
  },
  clock: Clock,
): Promise<boolean> {
  await waitForChecks(github, pull, clock, { expectsChecks: change.startsWorkflows, timeoutMilliseconds })
  await mergePullRequest(github, pull)
  if (!change.startsWorkflows && change['revert-of'] == null) {
    const { environment, service } = change
    await startWorkflow(github, 'deploy-env.yml', { environment, service })
  }
  return true
}
