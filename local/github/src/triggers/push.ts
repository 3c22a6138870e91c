import type { Push } from './trigger.ts'
import type { RunInfo } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Sources } from '../engine/sources.ts'
import { expectKnown } from '../engine/only-jobs.ts'
import { startRun } from '../engine/start-run.ts'
import { isTriggered } from '../workflow/matches.ts'
import { ownToken, reportNotStarted } from './not-started.ts'
import { originOf } from './origin.ts'
import { headMoved } from './pull-request.ts'

/** Starts every workflow whose `on.push` takes this branch and these files, and goes on with the pull requests of the branch. */
export async function onPush(hub: Hub, sources: Sources, push: Push): Promise<readonly RunInfo[]> {
  const { actor, branch, before, after, startsWorkflows } = push
  // What starts nothing needs no workflows of its own commit: those before it say what would have run.
  const source = await sources(startsWorkflows ? after : (before ?? after))
  const files = (await hub.repository.changes(before, after)).map(({ path }) => path)
  const asked = [...source.workflows.values()].filter(({ on }) => on.push && isTriggered(on.push, branch, files))
  if (!startsWorkflows) {
    reportNotStarted(hub, { event: 'push', workflows: asked, subject: `the push to ${branch}`, reason: ownToken })
    return headMoved(hub, push)
  }
  const { message } = await hub.repository.commit(after)
  const payload = {
    ref: `refs/heads/${branch}`,
    before: before ?? '0'.repeat(40),
    after,
    head_commit: { id: after, message },
    pusher: { name: actor },
    ...originOf(hub, actor),
  }
  const started: RunInfo[] = []
  expectKnown(hub.options.onlyJobs, asked)
  for (const workflow of asked) {
    const run = await startRun(hub, source, {
      workflow,
      event: 'push',
      actor,
      sha: after,
      headSha: after,
      ref: `refs/heads/${branch}`,
      branch,
      payload,
      inputs: {},
      isUntrusted: false,
    })
    started.push(run.info)
  }
  return [...started, ...(await headMoved(hub, push))]
}
