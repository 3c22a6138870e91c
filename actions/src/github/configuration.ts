import type { ChangeCommit } from '@sluice/core/evidence/person'
import { configurationCommits } from '@sluice/core/promotion/configuration'
import { readReleaseChange, toChangeCommit } from './changes.ts'
import type { GitHub } from './clients.ts'

/** The commits that changed what a rollout is configured by. */
export interface ConfigurationChange {
  readonly commits: readonly ChangeCommit[]
  /** Every commit is listed. */
  readonly complete: boolean
}

/**
 * Reads who changed some files or folders between two commits of main, or ever when there is no first. Going back to an earlier
 * state changes it too: then those count whose commits are taken back. Needs `contents: read`.
 */
export async function readConfigurationChange(
  github: GitHub,
  change: { readonly since: string | undefined; readonly head: string; readonly paths: readonly string[] },
): Promise<ConfigurationChange> {
  const { since, head, paths } = change
  if (since === head) return { commits: [], complete: true }
  const between = since == null ? undefined : await readReleaseChange(github, since, head)
  if (between && !between.complete) return { commits: [], complete: false }
  if (between?.commits.length === 0) return { commits: [], complete: true }
  const newest = between?.isBackwards && since != null ? since : head
  const touching = await Promise.all(paths.map((path) => listTouching(github, newest, path, between?.earliest)))
  return { commits: configurationCommits(between?.commits, touching.flat()), complete: true }
}

/** The commits on the way to one that touched a path, all pages of them; those of before `earliest` may be left out. */
async function listTouching(
  { octokit, owner, repo }: GitHub,
  sha: string,
  path: string,
  earliest: Date | undefined,
): Promise<ChangeCommit[]> {
  const request = { owner, repo, sha, path, per_page: 100 }
  const since = earliest && { since: new Date(earliest.getTime() - 1000).toISOString() }
  return (await octokit.paginate(octokit.rest.repos.listCommits, { ...request, ...since })).map(toChangeCommit)
}
