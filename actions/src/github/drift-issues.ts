import { planDriftIssue, type DriftIssuePlan } from '@sluice/core/stacks/drift-issue'
import type { GitHub } from './clients.ts'

/** Opens, updates or closes the one issue that says what differs in an environment. Safe to repeat. */
export async function reportDrift(
  { octokit, owner, repo }: GitHub,
  environment: string,
  lines: readonly string[],
  runUrl: string,
): Promise<DriftIssuePlan> {
  const { issues } = octokit.rest
  const open = await octokit.paginate(issues.listForRepo, { owner, repo, state: 'open', per_page: 100 })
  const plan = planDriftIssue(
    environment,
    lines,
    open
      // A pull request is an issue to this API.
      .filter(({ pull_request }) => pull_request == null)
      .map(({ number, body, user }) => ({ number, body: body ?? '', author: user?.type ?? '' })),
    runUrl,
  )
  if (plan.kind === 'open') await issues.create({ owner, repo, title: plan.title, body: plan.body })
  if (plan.kind === 'update') {
    const { number: issue_number, title, body } = plan
    await issues.update({ owner, repo, issue_number, title, body })
  }
  if (plan.kind === 'close') {
    for (const issue_number of plan.numbers) {
      await issues.createComment({ owner, repo, issue_number, body: plan.comment })
      await issues.update({ owner, repo, issue_number, state: 'closed', state_reason: 'completed' })
    }
  }
  return plan
}
