import type { Hub } from './hub.ts'
import type { PullRequest } from './records.ts'
import { identityOf } from './identity.ts'

/** Where GitHub keeps a pull request's head, and its merge with the base. */
export function pullRef(pull: Pick<PullRequest, 'number'>, side: 'head' | 'merge'): string {
  return `refs/pull/${pull.number}/${side}`
}

/** Opens a pull request, and starts what it starts. The head must be there: a branch, or for a fork a commit. */
export async function openPull(
  hub: Hub,
  opening: {
    readonly title: string
    readonly body: string
    readonly head: string
    readonly base: string
    readonly author: string
    readonly startsWorkflows: boolean
    /** The head lies in a fork: whose, and which commit of it, already in the repository. */
    readonly fork?: { readonly owner: string; readonly commit: string }
  },
): Promise<PullRequest> {
  const { title, body, head, base, author, fork, startsWorkflows } = opening
  const commit = fork?.commit ?? (await hub.repository.resolve(head))
  if (commit == null) throw new Error(`expected a branch to open a pull request from, found no ${head}`)
  const pull: PullRequest = {
    number: hub.pulls.length + 1,
    title,
    body,
    head,
    base,
    ...(fork ? { fork: fork.owner } : {}),
    author,
    createdAt: hub.now().toISOString(),
    state: 'open',
    labels: [],
    reviews: [],
  }
  hub.pulls.push(pull)
  await hub.repository.git(['update-ref', pullRef(pull, 'head'), commit])
  hub.options.onEvent({ type: 'pull-request-opened', number: pull.number, title, author })
  await hub.pullRequest({ pull, action: 'opened', actor: author, startsWorkflows })
  return pull
}

/** Closes a pull request without merging it. */
export async function closePull(hub: Hub, pull: PullRequest): Promise<void> {
  const head = await hub.repository.resolve(pullRef(pull, 'head'))
  if (head != null) pull.headCommit = head
  pull.state = 'closed'
}

/** Opens a closed pull request again, with what its branch is now. */
export async function reopenPull(
  hub: Hub,
  pull: PullRequest,
  by: { readonly actor: string; readonly startsWorkflows: boolean },
): Promise<void> {
  const head = pull.fork == null ? await hub.repository.resolve(pull.head) : pull.headCommit
  if (head == null) throw new Error(`expected the branch of pull request ${pull.number}, found no ${pull.head}`)
  await hub.repository.git(['update-ref', pullRef(pull, 'head'), head])
  delete pull.headCommit
  pull.state = 'open'
  await hub.pullRequest({ pull, action: 'reopened', ...by })
}

/** Merges a pull request into its base. Gives the commit, or undefined when the two conflict. */
export async function mergePull(
  hub: Hub,
  pull: PullRequest,
  how: {
    readonly by: string
    readonly squash: boolean
    readonly title?: string
    readonly startsWorkflows: boolean
  },
): Promise<string | undefined> {
  if (pull.state !== 'open') return undefined
  const before = await hub.repository.resolve(pull.base)
  const head = await hub.repository.resolve(pullRef(pull, 'head'))
  if (head == null) return undefined
  // What is squashed is by who opened the pull request, a merge commit by who merged: GitHub's own rule.
  const author = identityOf(hub, how.squash ? pull.author : how.by)
  const message = `${how.title || pull.title} (#${pull.number})`
  const commit = await hub.repository.merge({
    branch: pull.base,
    head,
    squash: how.squash,
    message,
    author,
  })
  if (commit == null) return undefined
  Object.assign(pull, {
    state: 'closed',
    mergedAt: hub.now().toISOString(),
    mergeCommit: commit,
    mergedBy: how.by,
    headCommit: head,
  })
  hub.options.onEvent({ type: 'pull-request-merged', number: pull.number, title: pull.title, by: how.by, commit })
  const { by: actor, startsWorkflows } = how
  await hub.pushed({ actor, branch: pull.base, before, after: commit, startsWorkflows })
  return commit
}
