import { ConfigurationError } from '@sluice/core/failure'
import { isStatus, type GitHub } from './clients.ts'

/** A promotion as a pull request. */
export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly headSha: string
}

/** What a promotion changes, and what it says. */
export interface ProposedChange {
  readonly branch: string
  /** Promotions of the same service into the same environment; older ones are closed. */
  readonly branchPrefix: string
  readonly path: string
  /** Makes the new text from the one on main, which is read at that moment. */
  readonly edit: (text: string) => string
  readonly title: string
  readonly body: string
}

/** GitHub caps a body at 65,536 characters. */
const longestBody = 65_000

/**
 * Opens the pull request of a change, or brings an open one up to date. Gives nothing when main says so already. Older open
 * promotions of the same service are closed: main can only name one release.
 */
export async function proposeChange(github: GitHub, change: ProposedChange): Promise<PullRequest | undefined> {
  const { octokit, owner, repo } = github
  const { data: ref } = await octokit.rest.git.getRef({ owner, repo, ref: 'heads/main' })
  const file = await readFile(github, change.path, ref.object.sha)
  const text = change.edit(file.text)
  if (text === file.text) return undefined
  const headSha = await putBranch(github, change, ref.object.sha, file.sha, text)
  const open = (await listOpenPulls(github)).filter(({ branch }) => branch.startsWith(change.branchPrefix))
  const mine = open.find(({ branch }) => branch === change.branch)
  const body = change.body.slice(0, longestBody)
  const { data: pull } = mine
    ? await octokit.rest.pulls.update({ owner, repo, pull_number: mine.number, title: change.title, body })
    : await octokit.rest.pulls.create({ owner, repo, head: change.branch, base: 'main', title: change.title, body })
  for (const older of open.filter(({ branch }) => branch !== change.branch)) {
    await octokit.rest.pulls.update({ owner, repo, pull_number: older.number, state: 'closed' })
  }
  return { number: pull.number, url: pull.html_url, headSha }
}

/** A file's text at a commit or branch, with its blob. */
export async function readFile(
  { octokit, owner, repo }: GitHub,
  path: string,
  ref: string,
): Promise<{ text: string; sha: string }> {
  const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref })
  if (Array.isArray(data) || data.type !== 'file') throw new ConfigurationError(`expected a file at ${path} on main`)
  return { text: Buffer.from(data.content, 'base64').toString('utf8'), sha: data.sha }
}

/**
 * The branch with main's head and one commit on it; gives that commit. A branch that changes just this already is left as it is,
 * reviews and all. One that changes anything else is made anew: what is merged without a review must be nobody's but ours.
 */
async function putBranch(
  github: GitHub,
  change: ProposedChange,
  mainSha: string,
  fileSha: string,
  text: string,
): Promise<string> {
  const { octokit, owner, repo } = github
  const ref = `heads/${change.branch}`
  try {
    await octokit.rest.git.createRef({ owner, repo, ref: `refs/${ref}`, sha: mainSha })
  } catch (error) {
    if (!isStatus(error, 422)) throw error
    const { data } = await octokit.rest.git.getRef({ owner, repo, ref })
    if (await changesJustThis(github, mainSha, data.object.sha, change.path, text)) return data.object.sha
    await octokit.rest.git.updateRef({ owner, repo, ref, sha: mainSha, force: true })
  }
  const { data } = await octokit.rest.repos.createOrUpdateFileContents({
    owner,
    repo,
    path: change.path,
    branch: change.branch,
    message: change.title,
    content: Buffer.from(text).toString('base64'),
    sha: fileSha,
  })
  if (data.commit.sha == null) throw new Error(`GitHub named no commit for ${change.path} on ${change.branch}`)
  return data.commit.sha
}

async function changesJustThis(github: GitHub, mainSha: string, headSha: string, path: string, text: string) {
  const { octokit, owner, repo } = github
  const basehead = `${mainSha}...${headSha}`
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead })
  const isOnlyThis = data.files?.length === 1 && data.files[0]?.filename === path
  return isOnlyThis && (await readFile(github, path, headSha)).text === text
}

/** An open pull request against main. */
export interface OpenPull {
  readonly number: number
  readonly branch: string
  readonly headSha: string
}

/** Those from this repository's own branches, oldest first: anybody may name the branch of a fork like a promotion's. */
export async function listOpenPulls({ octokit, owner, repo }: GitHub): Promise<readonly OpenPull[]> {
  const pulls = await octokit.paginate(octokit.rest.pulls.list, {
    owner,
    repo,
    state: 'open',
    base: 'main',
    direction: 'asc',
    per_page: 100,
  })
  const own = `${owner}/${repo}`.toLowerCase()
  return pulls
    .filter(({ head }) => (head.repo as { full_name: string } | null)?.full_name.toLowerCase() === own)
    .map(({ number, head }) => ({ number, branch: head.ref, headSha: head.sha }))
}
