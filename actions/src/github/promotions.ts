import type { Clock } from '@sluice/core/clock'
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
  await putBranch(github, change, ref.object.sha, file.sha, text)
  const open = await listOpen(github, change.branchPrefix)
  const mine = open.find(({ branch }) => branch === change.branch)
  const body = change.body.slice(0, longestBody)
  const pull = mine
    ? (await octokit.rest.pulls.update({ owner, repo, pull_number: mine.number, title: change.title, body })).data
    : (await octokit.rest.pulls.create({ owner, repo, head: change.branch, base: 'main', title: change.title, body }))
        .data
  for (const older of open.filter(({ branch }) => branch !== change.branch)) {
    await octokit.rest.pulls.update({ owner, repo, pull_number: older.number, state: 'closed' })
  }
  return { number: pull.number, url: pull.html_url, headSha: pull.head.sha }
}

async function readFile(
  { octokit, owner, repo }: GitHub,
  path: string,
  ref: string,
): Promise<{ text: string; sha: string }> {
  const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref })
  if (Array.isArray(data) || data.type !== 'file') throw new ConfigurationError(`expected a file at ${path} on main`)
  return { text: Buffer.from(data.content, 'base64').toString('utf8'), sha: data.sha }
}

/** The branch with main's head and one commit on it. A branch with that content already is left as it is, reviews and all. */
async function putBranch(
  github: GitHub,
  change: ProposedChange,
  mainSha: string,
  fileSha: string,
  text: string,
): Promise<void> {
  const { octokit, owner, repo } = github
  const ref = `heads/${change.branch}`
  try {
    await octokit.rest.git.createRef({ owner, repo, ref: `refs/${ref}`, sha: mainSha })
  } catch (error) {
    if (!isStatus(error, 422)) throw error
    if ((await readFile(github, change.path, change.branch)).text === text) return
    await octokit.rest.git.updateRef({ owner, repo, ref, sha: mainSha, force: true })
  }
  await octokit.rest.repos.createOrUpdateFileContents({
    owner,
    repo,
    path: change.path,
    branch: change.branch,
    message: change.title,
    content: Buffer.from(text).toString('base64'),
    sha: fileSha,
  })
}

async function listOpen(
  { octokit, owner, repo }: GitHub,
  prefix: string,
): Promise<ReadonlyArray<{ number: number; branch: string }>> {
  const pulls = await octokit.paginate(octokit.rest.pulls.list, {
    owner,
    repo,
    state: 'open',
    base: 'main',
    per_page: 100,
  })
  return pulls
    .filter(({ head }) => head.ref.startsWith(prefix))
    .map(({ number, head }) => ({ number, branch: head.ref }))
}

const pollMilliseconds = 5000
/** GitHub creates the checks of a push within seconds. */
const firstCheckMilliseconds = 60_000

/**
 * Waits until no check of the commit runs any more. Throws a `ConfigurationError` that names the checks that failed, or that
 * did not end in time. With `expectsChecks` the first check is waited for, for a minute: a repository may have none.
 */
export async function waitForChecks(
  { octokit, owner, repo }: GitHub,
  pull: PullRequest,
  clock: Clock,
  { expectsChecks, timeoutMilliseconds }: { readonly expectsChecks: boolean; readonly timeoutMilliseconds: number },
): Promise<void> {
  const start = clock.now().getTime()
  const deadline = start + timeoutMilliseconds
  for (;;) {
    const { data } = await octokit.rest.checks.listForRef({ owner, repo, ref: pull.headSha, per_page: 100 })
    const failed = data.check_runs.filter(
      ({ status, conclusion }) =>
        status === 'completed' && !['success', 'neutral', 'skipped'].includes(conclusion ?? 'none'),
    )
    if (failed.length > 0) {
      const list = failed.map(({ name, conclusion }) => `${name} (${conclusion})`).join(', ')
      throw new ConfigurationError(`${pull.url}: expected every check to succeed, found ${list}`)
    }
    const running = data.check_runs.filter(({ status }) => status !== 'completed')
    const mayStillCome =
      expectsChecks && data.check_runs.length === 0 && clock.now().getTime() - start < firstCheckMilliseconds
    if (running.length === 0 && !mayStillCome) return
    if (clock.now().getTime() >= deadline) {
      const list = running.map(({ name }) => name).join(', ')
      throw new ConfigurationError(`${pull.url}: expected its checks to end, found ${list} still running`)
    }
    await clock.sleep(pollMilliseconds)
  }
}

/** Merges exactly the commit that was proposed. Throws a `ConfigurationError` where the repository's rules forbid it. */
export async function mergePullRequest({ octokit, owner, repo }: GitHub, pull: PullRequest): Promise<string> {
  try {
    const request = { owner, repo, pull_number: pull.number, sha: pull.headSha, merge_method: 'squash' as const }
    const { data } = await octokit.rest.pulls.merge(request)
    return data.sha
  } catch (error) {
    if (!isStatus(error, 403, 405, 409)) throw error
    const hint = 'let the token that opens promotions pass the rules of main, or merge by hand'
    const message = `${pull.url} could not be merged: ${(error as Error).message}`
    throw new ConfigurationError([{ message, hint }], { cause: error })
  }
}

/** Starts a workflow on main by hand: a merge by a job's own token starts none. */
export async function startWorkflow(
  { octokit, owner, repo }: GitHub,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  await octokit.rest.actions.createWorkflowDispatch({
    owner,
    repo,
    workflow_id: workflow,
    ref: 'main',
    inputs: { ...inputs },
  })
}
