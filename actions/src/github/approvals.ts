import type { Approval } from '@sluice/core/promotion/approval'
import { currentRun, isStatus, type GitHub } from './clients.ts'

/** The approvals of this run for an environment. Needs `actions: read`. */
export async function listEnvironmentApprovals(github: GitHub, environment: string): Promise<Approval[]> {
  const { octokit, owner, repo } = github
  const { data } = await octokit.rest.actions.getReviewsForRun({ owner, repo, run_id: currentRun().id })
  return data
    .filter((review) => review.state === 'approved' && review.environments.some(({ name }) => name === environment))
    .flatMap(({ user }) => (user ? [{ login: user.login, by: 'environment' as const }] : []))
}

/** Who started this run: by hand, by a push, or by running it again. */
export async function listStarters({ octokit, owner, repo }: GitHub): Promise<string[]> {
  const { data } = await octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: currentRun().id })
  const logins = [data.actor?.login, data.triggering_actor?.login]
  return [...new Set(logins.filter((login): login is string => login != null))]
}

/** A merged promotion: who opened it, and who approved the commit that was merged. */
export interface PromotionReview {
  readonly number: number
  readonly url: string
  readonly opener: string
  readonly approvals: readonly Approval[]
}

/**
 * The pull request of a promotion, with its approvals: the merged one of the release's own branch, else the one that brought
 * `commit` to main. Only a person's last word counts, and only on the commit that was merged: an approval of an earlier state
 * says nothing of the later.
 */
export async function findPromotionReview(
  github: GitHub,
  branch: string,
  commit: string,
): Promise<PromotionReview | undefined> {
  const { octokit, owner, repo } = github
  const pull = (await findMerged(github, branch)) ?? (await findMergedWith(github, commit))
  if (!pull) return undefined
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
    owner,
    repo,
    pull_number: pull.number,
    per_page: 100,
  })
  const last = new Map<string, (typeof reviews)[number]>()
  for (const review of reviews) if (review.user && review.state !== 'COMMENTED') last.set(review.user.login, review)
  const approvals = [...last]
    .filter(([, review]) => review.state === 'APPROVED' && review.commit_id === pull.head.sha)
    .map(([login]) => ({ login, by: 'review' as const }))
  return { number: pull.number, url: pull.html_url, opener: pull.user?.login ?? 'unknown', approvals }
}

interface Merged {
  readonly number: number
  readonly html_url: string
  readonly user: { readonly login: string } | null
  readonly head: { readonly sha: string }
}

async function findMerged({ octokit, owner, repo }: GitHub, branch: string): Promise<Merged | undefined> {
  const request = { owner, repo, state: 'closed' as const, base: 'main', head: `${owner}:${branch}`, per_page: 20 }
  const { data } = await octokit.rest.pulls.list(request)
  return data
    .filter(({ merged_at: mergedAt, head }) => mergedAt != null && head.ref === branch)
    .toSorted((a, b) => ((a.merged_at ?? '') < (b.merged_at ?? '') ? 1 : -1))[0]
}

async function findMergedWith({ octokit, owner, repo }: GitHub, commit: string): Promise<Merged | undefined> {
  try {
    const request = { owner, repo, commit_sha: commit }
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(request)
    return data.find(({ merged_at: mergedAt }) => mergedAt != null)
  } catch (error) {
    if (isStatus(error, 404, 422)) return undefined
    throw error
  }
}
