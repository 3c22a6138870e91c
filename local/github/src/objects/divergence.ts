import type { Commit } from './commit.ts'

/** How two commits relate. */
export interface Divergence {
  /** What the first has and the second has not, newest first. */
  readonly behind: readonly Commit[]
  /** What the second has and the first has not, newest first. */
  readonly ahead: readonly Commit[]
  /** A best common ancestor, the newest where there are several; none of histories that have nothing in common. */
  readonly parted: string | undefined
}

type Side = 'base' | 'head'

interface Visit {
  readonly commit: Commit
  readonly from: Set<Side>
  /** An ancestor of a commit that both have: both have it too. */
  isBelow: boolean
}

const isCommon = ({ from }: Visit) => from.size === 2

/**
 * Walks the history of two commits, newest first, no further than where both are one. As in git's own `rev-list`, a commit
 * that says that it is older than its ancestors can be taken for one that only one side has.
 */
export async function findDivergence(
  read: (id: string) => Promise<Commit>,
  base: string,
  head: string,
): Promise<Divergence> {
  const visits = new Map<string, Visit>()
  const queue: Visit[] = []
  const visit = async (id: string, from: Iterable<Side>, isBelow: boolean): Promise<void> => {
    const known = visits.get(id) ?? { commit: await read(id), from: new Set<Side>(), isBelow: false }
    const before = `${known.from.size} ${known.isBelow}`
    visits.set(id, known)
    for (const side of from) known.from.add(side)
    known.isBelow ||= isBelow
    // What is learnt of a commit anew is learnt of its ancestors.
    if (before === `${known.from.size} ${known.isBelow}` || queue.includes(known)) return
    const older = queue.findIndex(({ commit }) => seconds(commit) < seconds(known.commit))
    queue.splice(older === -1 ? queue.length : older, 0, known)
  }
  await visit(base, ['base'], false)
  await visit(head, ['head'], false)
  let oldest = Infinity
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (!next.isBelow) oldest = Math.min(oldest, seconds(next.commit))
    else if (seconds(next.commit) < oldest && queue.every(({ isBelow }) => isBelow)) break
    for (const parent of next.commit.parents) await visit(parent, next.from, isCommon(next))
  }
  const found = [...visits.values()].sort((a, b) => seconds(b.commit) - seconds(a.commit))
  const only = (side: Side) => found.filter(({ from }) => from.size === 1 && from.has(side)).map(({ commit }) => commit)
  return {
    behind: only('base'),
    ahead: only('head'),
    parted: found.find((one) => isCommon(one) && !one.isBelow)?.commit.id,
  }
}

const seconds = (commit: Commit): number => commit.committer.seconds
