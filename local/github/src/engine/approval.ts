import type { Hub } from '../hub.ts'
import type { Run } from '../records.ts'
import { matchesAny } from '../workflow/matches.ts'

/**
 * Waits until the reviewers of an environment have decided; at once when it has none. Unknown environments and
 * branches that the environment does not take are refused.
 */
export async function approved(
  hub: Hub,
  run: Run,
  job: string,
  environment: string,
  signal: AbortSignal,
): Promise<boolean> {
  const settings = hub.options.environments[environment]
  if (!settings) throw new Error(`the environment ${environment} does not exist in the repository's settings`)
  // A pull request's ref is refs/pull/N/merge, which no pattern of branches matches.
  const branch = run.info.ref.replace(/^refs\/heads\//, '')
  if (settings.branches && !matchesAny(settings.branches, branch))
    throw new Error(`Branch "${branch}" is not allowed to deploy to ${environment} due to environment protection rules`)
  if (settings.reviewers.length === 0) return true
  const decided = await new Promise<boolean>((resolve) => {
    const pending = {
      environment,
      decide: (state: 'approved' | 'rejected') => {
        const at = run.pending.indexOf(pending)
        if (at >= 0) run.pending.splice(at, 1)
        resolve(state === 'approved')
      },
    }
    run.pending.push(pending)
    signal.addEventListener('abort', () => pending.decide('rejected'), { once: true })
    hub.options.onEvent({
      type: 'waiting-for-approval',
      run: run.info,
      job,
      environment,
      reviewers: settings.reviewers,
    })
  })
  return decided
}

/** A reviewer's word on the environments that a run waits for. Throws when this person may not, or nothing waits. */
export function decide(
  hub: Hub,
  run: Run,
  word: {
    readonly user: string
    readonly environment: string
    readonly state: 'approved' | 'rejected'
    readonly comment: string
  },
): void {
  const settings = hub.options.environments[word.environment]
  if (!settings?.reviewers.includes(word.user)) throw new Error(`${word.user} is no reviewer of ${word.environment}`)
  if (settings.preventSelfReview && run.info.actor === word.user) {
    throw new Error(`${word.user} started run ${run.info.id} and may not approve it`)
  }
  const waiting = run.pending.filter(({ environment }) => environment === word.environment)
  if (waiting.length === 0) throw new Error(`run ${run.info.id} does not wait for ${word.environment}`)
  run.approvals.push({ environment: word.environment, state: word.state, user: word.user, comment: word.comment })
  for (const pending of waiting) pending.decide(word.state)
}
