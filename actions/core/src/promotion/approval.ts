import { describeDuration } from '../duration.ts'
import { bundleSha256, type EvidenceBundle } from '../evidence/bundle.ts'
import { isPerson, type Person } from '../evidence/person.ts'

/** One person's yes. */
export interface Approval {
  readonly login: string
  /** `environment`: the run was approved; `review`: the pull request was. */
  readonly by: 'environment' | 'review'
}

/** What is true at the moment in which the approval is used. */
export interface ApprovalFacts {
  readonly bundle: EvidenceBundle
  /** The hash that was shown to the approvers. */
  readonly shownSha256: string
  readonly approvals: readonly Approval[]
  /** Everyone with a hand in the commits between the two releases, read anew. */
  readonly people: readonly Person[]
  readonly peopleComplete: boolean
  /** Everyone with a hand in the commits that touched the configuration since the last rollout that passed, read anew. */
  readonly configurationPeople: readonly Person[]
  readonly configurationComplete: boolean
  readonly pullRequestOpener?: string | undefined
  /** Who started the run by hand or by merging. */
  readonly starters: readonly string[]
  /** What runs now, `repository@digest`; absent when nothing does. */
  readonly runningImage?: string | undefined
  /** What main names now. */
  readonly wantedImage: string
  /** The digest can still be pulled. */
  readonly digestInRegistry: boolean
  /** What keeps the release out of the environment now. */
  readonly ineligible: readonly string[]
  readonly now: Date
}

/** Who approved, and everything that is wrong with it. */
export interface ApprovalDecision {
  readonly approved: boolean
  readonly approvers: readonly string[]
  readonly reasons: readonly string[]
}

/** Decides whether this approval is good for this release at this moment. Gives all reasons at once. */
export function decideApproval(facts: ApprovalFacts): ApprovalDecision {
  const { bundle, now } = facts
  const reasons: string[] = []
  const recomputed = bundleSha256(bundle)
  if (recomputed !== facts.shownSha256) {
    reasons.push(
      `the evidence was altered after it was shown: expected sha256:${facts.shownSha256}, found sha256:${recomputed}`,
    )
  }
  const age = (now.getTime() - Date.parse(bundle.createdAt)) / 1000
  const { approvalTtlSeconds, approvals: needed } = bundle.promotion
  if (age > approvalTtlSeconds) {
    reasons.push(
      `the evidence is ${describeDuration(age)} old, approvals count for ${describeDuration(approvalTtlSeconds)}: run the workflow again for new evidence`,
    )
  }
  const { approvers, refused } = countApprovers(facts)
  if (approvers.length < needed) {
    reasons.push(
      [`expected the approval of ${needed} people, found ${approvers.length}${listed(approvers)}`, ...refused].join(
        '; ',
      ),
    )
  }
  if (needed > 0 && !facts.peopleComplete) {
    reasons.push('the authors of the change could not all be listed, so no approver is known to be none of them')
  }
  if (needed > 0 && !facts.configurationComplete) {
    reasons.push('the authors of the configuration could not all be listed, so no approver is known to be none of them')
  }
  if (facts.runningImage !== bundle.from?.image) {
    reasons.push(
      `expected ${bundle.from?.image ?? 'nothing'} to run, as the evidence says, found ${facts.runningImage ?? 'nothing'}`,
    )
  }
  if (facts.wantedImage !== bundle.to.image) {
    reasons.push(`main names ${facts.wantedImage} by now, not ${bundle.to.image}: a newer promotion took its place`)
  }
  if (!facts.digestInRegistry) reasons.push(`${bundle.to.image} is not in the registry any more`)
  reasons.push(...facts.ineligible)
  return { approved: reasons.length === 0, approvers, reasons }
}

function countApprovers(facts: ApprovalFacts): { approvers: string[]; refused: string[] } {
  const approvers = new Set<string>()
  const refused = new Set<string>()
  for (const { login, by } of facts.approvals) {
    const why = refuse(login, by, facts)
    if (why == null) approvers.add(login)
    else refused.add(`${login} does not count: ${why}`)
  }
  return { approvers: [...approvers].sort(), refused: [...refused] }
}

function refuse(login: string, by: Approval['by'], facts: ApprovalFacts): string | undefined {
  if (login.endsWith('[bot]')) return 'a bot approves nothing'
  if (facts.people.some((person) => isPerson(login, person))) return 'an author of the change'
  if (facts.configurationPeople.some((person) => isPerson(login, person))) return 'an author of its configuration'
  if (facts.pullRequestOpener?.toLowerCase() === login.toLowerCase()) return 'opened the pull request'
  // Whoever merges starts the run by that, and their review counts; the run itself is for somebody else to approve.
  const started = facts.starters.some((starter) => starter.toLowerCase() === login.toLowerCase())
  return by === 'environment' && started ? 'started this run' : undefined
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`
}
