import { setTimeout as sleep } from 'node:timers/promises'
import type { DesiredState } from '@sluice/core/environment/read'
import type { LocalGitHub, PullRequest } from '@sluice/local/github'
import type { People } from './people.ts'
import type { View } from './view.ts'

/** Why a delivery ended before production: somebody said no, or nothing was there to say yes to. */
export type Stop = { readonly stopped: true; readonly reason: string } | { readonly stopped: false }

/** The environment that a promotion is for, from the file that it changes. */
function environmentOf({ head, title }: PullRequest, environments: readonly string[]): string | undefined {
  return environments.find((name) => head.split('/').includes(name) || title.split(/[\s:]+/).includes(name))
}

/**
 * Goes on until nothing runs and nothing waits: asks for reviews and merges of promotions that wait for people, and for the
 * approvals that runs wait for. Approvers are not the person who delivers.
 */
export async function followPromotions(options: {
  readonly github: LocalGitHub
  readonly state: DesiredState
  readonly people: People
  readonly view: View
  /** Who delivers, and merges. */
  readonly deliverer: string
}): Promise<Stop> {
  const { github, state, people, view, deliverer } = options
  const merged = new Set<number>()
  for (;;) {
    await github.settled()
    const waiting = github.runs().find(({ pending }) => pending.length > 0)
    const [pending] = waiting?.pending ?? []
    if (waiting && pending) {
      const reviewers = state.environments[pending.environment]?.environment.promotion.reviewers ?? []
      const approver = reviewers[0] ?? ''
      if (
        !(await people.agree(`Approve the deployment to ${pending.environment} (run ${waiting.info.id})?`, approver))
      ) {
        github.reject(approver, waiting.info.id, pending.environment, 'not now')
        return { stopped: true, reason: `${approver} did not approve the deployment to ${pending.environment}` }
      }
      github.approve(approver, waiting.info.id, pending.environment, 'seen the evidence')
      await sleep(100)
      continue
    }
    const open = github.pulls.list().find((pull) => pull.state === 'open' && !merged.has(pull.number))
    if (!open) return { stopped: false }
    merged.add(open.number)
    const environment = environmentOf(open, Object.keys(state.environments))
    const promotion = environment == null ? undefined : state.environments[environment]?.environment.promotion
    if (open.title.toLowerCase().includes('revert') || !promotion) continue
    if (promotion.soak > 0) {
      view.line(`the release soaks in ${promotion.from} for ${promotion.soak} s before ${environment} may take it`)
      await sleep(promotion.soak * 1000)
      if (promotion.mode === 'auto') {
        // On GitHub its schedule would come by.
        await github.dispatch(deliverer, 'promote-due.yml', 'main', {})
        continue
      }
    }
    // One approval is the environment's own; the others are reviews of the pull request.
    for (const reviewer of promotion.reviewers.slice(1, promotion.approvals)) {
      if (!(await people.agree(`Approve pull request ${open.number}, "${open.title}"?`, reviewer))) {
        return { stopped: true, reason: `${reviewer} did not approve pull request ${open.number}` }
      }
      await github.pulls.review(reviewer, open.number, 'APPROVED')
    }
    if (!(await people.agree(`Merge pull request ${open.number} into main?`, deliverer))) {
      return { stopped: true, reason: `pull request ${open.number} was not merged` }
    }
    await github.pulls.merge(deliverer, open.number)
    await sleep(100)
  }
}
