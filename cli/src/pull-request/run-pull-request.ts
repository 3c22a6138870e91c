import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'
import { startGitHub } from '@sluice/local/github'
import { findCheckout, readHead } from '../deliver/git.ts'
import { createView } from '../deliver/view.ts'
import { findBase } from './find-base.ts'
import { jobEnvironment, readNpmSettings } from './job-environment.ts'
import { showRuns } from './show-runs.ts'

/** How often people are told of the steps that take long, in milliseconds. */
const remindEvery = 5000

/** Runs what a pull request from HEAD starts. Gives the exit code: 0 when every run succeeded. */
export async function runPullRequest(options: {
  /** A git revision. */
  readonly base?: string
  /** The jobs to run, with those that they need; all when none is named. */
  readonly jobs: readonly string[]
}): Promise<number> {
  const head = await readHead(await findCheckout(process.cwd()))
  const { checkout, commit } = head
  const base = await findBase(checkout, commit, options.base)
  const folder = join(checkout, '.sluice', 'pull-request')
  await rm(folder, { recursive: true, force: true })
  const offered = jobEnvironment(process.env, await readNpmSettings(checkout))
  const view = createView(process.stdout, () => performance.now())
  const shown = showRuns(view, () => performance.now())
  const reminding = setInterval(shown.remind, remindEvery)
  const ending = new AbortController()
  const interrupt = () => ending.abort(new Error('interrupted'))
  process.once('SIGINT', interrupt)
  const github = await startGitHub({
    folder,
    source: { repository: checkout, commit: base },
    owner: 'local',
    ownerId: 1,
    repository: 'sluice',
    repositoryId: 1,
    users: [{ login: 'you', kind: 'user', emails: [head.author.email] }],
    environments: {},
    jobEnvironment: () => offered,
    // Each holds node_modules; what failed is kept to be looked at.
    workspaces: 'of-failed',
    // Jobs of this repository use every core by themselves; two side by side would only make both slow.
    parallelJobs: 1,
    ...(options.jobs.length > 0 ? { onlyJobs: options.jobs } : {}),
    onEvent: shown.onEvent,
  })
  try {
    view.line(`a pull request from ${commit.slice(0, 7)} "${head.subject}" into ${base.slice(0, 7)}`)
    await github.seed('change', { repository: checkout, commit })
    await github.pulls.open('you', { title: head.subject, head: 'change', base: 'main' })
    ending.signal.addEventListener('abort', () => {
      for (const run of github.runs()) github.cancel(run.info.id)
    })
    const runs = github.runs()
    if (runs.length === 0) throw new ConfigurationError('expected a workflow that pull requests start, found none')
    await github.settled()
    for (const { info, conclusion } of runs) view.line(`${conclusion}: ${info.workflow}`)
    view.line(`logs and summaries: ${folder}/runs`)
    return runs.every(({ conclusion }) => conclusion === 'success') ? 0 : 1
  } finally {
    process.off('SIGINT', interrupt)
    clearInterval(reminding)
    await github.close()
    view.close()
  }
}
