import { coAuthors, withLogin, type ChangeCommit, type Person } from '@sluice/core/evidence/person'
import { isStatus, type GitHub } from './clients.ts'

/** The commits between two releases, and the files that they touch. */
export interface ReleaseChange {
  readonly commits: readonly ChangeCommit[]
  /** Every commit is listed. */
  readonly complete: boolean
  readonly files: readonly string[]
  /** `to` is an ancestor of `from`: the commits are those that are taken back. */
  readonly isBackwards: boolean
  /** When the earliest of the commits says that it was committed; absent where there are none. */
  readonly earliest?: Date
}

/** GitHub gives at most this many commits a page. */
const pageSize = 100
/** More commits than this are not reviewed but rebuilt; the rest is said to be missing. */
const mostPages = 10

/** Reads the change between two commits with everyone who had a hand in it. Without `from` it is the one commit `to`. */
export async function readReleaseChange(github: GitHub, from: string | undefined, to: string): Promise<ReleaseChange> {
  if (from == null || from === to) {
    const commit = await findCommit(github, to)
    return { commits: commit ? [commit] : [], complete: commit != null, files: [], isBackwards: false }
  }
  const forward = await compare(github, from, to)
  if (!forward || forward.status !== 'behind') return forward ?? unknown
  const backwards = await compare(github, to, from)
  return backwards ? { ...backwards, isBackwards: true } : unknown
}

const unknown: ReleaseChange = { commits: [], complete: false, files: [], isBackwards: false }

async function compare(
  { octokit, owner, repo }: GitHub,
  base: string,
  head: string,
): Promise<(ReleaseChange & { readonly status: string }) | undefined> {
  const commits: ChangeCommit[] = []
  const times: number[] = []
  for (let page = 1; ; page++) {
    let data
    try {
      const basehead = `${base}...${head}`
      const request = { owner, repo, basehead, per_page: pageSize, page }
      ;({ data } = await octokit.rest.repos.compareCommitsWithBasehead(request))
    } catch (error) {
      // One of the two is not in this repository: rewritten history, or a release of another.
      if (isStatus(error, 404)) return undefined
      throw error
    }
    commits.push(...data.commits.map(toChangeCommit))
    times.push(...data.commits.map(({ commit }) => Date.parse(commit.committer?.date ?? '')))
    if (commits.length < data.total_commits && data.commits.length > 0 && page < mostPages) continue
    const files = (data.files ?? []).map(({ filename }) => filename)
    return {
      commits,
      files,
      complete: commits.length >= data.total_commits,
      isBackwards: false,
      // One that has no date leaves the time of all unknown.
      ...(times.length > 0 && times.every(Number.isFinite) ? { earliest: new Date(Math.min(...times)) } : {}),
      status: data.status,
    }
  }
}

async function findCommit({ octokit, owner, repo }: GitHub, ref: string): Promise<ChangeCommit | undefined> {
  try {
    const { data } = await octokit.rest.repos.getCommit({ owner, repo, ref })
    return toChangeCommit(data)
  } catch (error) {
    if (isStatus(error, 404, 422)) return undefined
    throw error
  }
}

export interface ApiCommit {
  readonly sha: string
  readonly commit: {
    readonly message: string
    readonly author: ApiIdentity | null
    readonly committer: ApiIdentity | null
  }
  readonly author: object | null
  readonly committer: object | null
}
interface ApiIdentity {
  readonly name?: string | undefined
  readonly email?: string | undefined
}

/** A commit of GitHub's API, with everyone who had a hand in it. What web pages commit is nobody's hand. */
export function toChangeCommit({ sha, commit, author, committer }: ApiCommit): ChangeCommit {
  const people = [
    person(commit.author, author),
    person(commit.committer, committer),
    ...coAuthors(commit.message),
  ].filter((found): found is Person => found != null && found.login !== 'web-flow')
  const unique = new Map(people.map((found) => [`${found.login}|${found.name}|${found.email}`, found]))
  return { sha, subject: commit.message.split('\n')[0] ?? '', people: [...unique.values()] }
}

function person(identity: ApiIdentity | null, account: object | null): Person | undefined {
  if (!identity) return undefined
  const login = account && 'login' in account && typeof account.login === 'string' ? account.login : undefined
  const { name = '', email = '' } = identity
  return withLogin({ name, email, ...(login == null ? {} : { login }) })
}
