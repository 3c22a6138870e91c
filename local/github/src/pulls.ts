import type { Identity } from './git.ts'
import type { Hub, PullRequest } from './hub.ts'

/** Merges a pull request into its base. Gives the commit, or undefined when the two conflict. */
export async function mergePull(
  hub: Hub,
  pull: PullRequest,
  how: {
    readonly by: string
    readonly author: Identity
    readonly squash: boolean
    readonly title?: string
    readonly startsWorkflows: boolean
  },
): Promise<string | undefined> {
  if (pull.state !== 'open') return undefined
  const before = await hub.repository.resolve(pull.base)
  const head = await hub.repository.resolve(pull.head)
  if (head == null) return undefined
  const message = `${how.title || pull.title} (#${pull.number})`
  const commit = await hub.repository.merge({
    branch: pull.base,
    head,
    squash: how.squash,
    message,
    author: how.author,
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
  if (how.startsWorkflows) await hub.pushed({ actor: how.by, branch: pull.base, before, after: commit })
  return commit
}
