import type { PullRequestChange } from './trigger.ts'
import { pullShape } from '../api/shapes.ts'
import type { RunInfo } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Sources } from '../engine/sources.ts'
import { expectKnown } from '../engine/only-jobs.ts'
import { startRun } from '../engine/start-run.ts'
import { pullRef } from '../pulls.ts'
import { isTriggered } from '../workflow/matches.ts'
import { pullRequestActions, type PathFilter } from '../workflow/model.ts'
import { ownToken, reportNotStarted } from './not-started.ts'
import { originOf } from './origin.ts'

/**
 * Starts every workflow whose `on.pull_request` asks for this, as GitHub does: of the merge of head and base, which it keeps as
 * `refs/pull/N/merge`. Of a fork, and of Dependabot, without secrets and with a token that only reads.
 */
export async function onPullRequest(
  hub: Hub,
  sources: Sources,
  change: PullRequestChange,
): Promise<readonly RunInfo[]> {
  const { pull, action, actor } = change
  const { repository } = hub
  const base = (await repository.resolve(pull.base)) ?? ''
  const head = (await repository.resolve(pullRef(pull, 'head'))) ?? ''
  const { parted } = await repository.divergence(base, head)
  const files = (await repository.changes(parted, head)).map(({ path }) => path)
  const isAsked = (filter: PathFilter | undefined) =>
    filter != null && (filter.types ?? pullRequestActions).includes(action) && isTriggered(filter, pull.base, files)
  const subject = `pull request ${pull.number}`
  const notStarted = async (reason: string): Promise<readonly RunInfo[]> => {
    const workflows = [...(await sources(base)).workflows.values()].filter(({ on }) => isAsked(on.pull_request))
    reportNotStarted(hub, { event: 'pull_request', workflows, subject, reason })
    return []
  }
  if (!change.startsWorkflows) return notStarted(ownToken)
  const merged = await repository.mergeCommit({
    base,
    head,
    message: `Merge ${head} into ${base}`,
    author: { name: 'GitHub', email: 'noreply@github.com' },
  })
  if (merged == null) return notStarted(`it conflicts with ${pull.base}, so there is no merge commit to run on`)
  await repository.git(['update-ref', pullRef(pull, 'merge'), merged])
  const source = await sources(merged)
  const payload = {
    action,
    number: pull.number,
    pull_request: await pullShape(hub, pull),
    ...originOf(hub, actor),
  }
  const started: RunInfo[] = []
  const asked = [...source.workflows.values()].filter(({ on }) => isAsked(on.pull_request))
  expectKnown(hub.options.onlyJobs, asked)
  for (const workflow of asked) {
    const run = await startRun(hub, source, {
      workflow,
      event: 'pull_request',
      actor,
      sha: merged,
      headSha: head,
      ref: pullRef(pull, 'merge'),
      branch: pull.head,
      payload,
      inputs: {},
      isUntrusted: pull.fork != null || actor === 'dependabot[bot]',
    })
    started.push(run.info)
  }
  return started
}

/** A branch moved: the open pull requests from it go along. */
export async function headMoved(
  hub: Hub,
  { branch, actor, startsWorkflows }: { branch: string; actor: string; startsWorkflows: boolean },
): Promise<readonly RunInfo[]> {
  const started: RunInfo[] = []
  for (const pull of hub.pulls) {
    if (pull.state !== 'open' || pull.fork != null || pull.head !== branch) continue
    const head = (await hub.repository.resolve(branch)) ?? ''
    await hub.repository.git(['update-ref', pullRef(pull, 'head'), head])
    started.push(...(await hub.pullRequest({ pull, action: 'synchronize', actor, startsWorkflows })))
  }
  return started
}
