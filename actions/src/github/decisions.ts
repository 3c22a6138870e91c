import type { GateResult } from '@sluice/core/gate-result'
import type { VerdictOutcome } from '@sluice/core/verdict'
import type { GitHub } from './clients.ts'

/** GitHub keeps 140 characters of a status's description. */
const longestDescription = 140

function contextOf(environment: string, service: string): string {
  return `findings/${environment}/${service}`
}

/** Keeps the decisions on a release's findings, one an environment, on its commit, where every later run finds them. */
export async function recordDecisions(
  { octokit, owner, repo }: GitHub,
  release: { readonly commit: string; readonly digest: string },
  service: string,
  decisions: ReadonlyArray<{ readonly name: string; readonly outcome: VerdictOutcome; readonly reason: string }>,
  url: string,
): Promise<void> {
  for (const { name, outcome, reason } of decisions) {
    await octokit.rest.repos.createCommitStatus({
      owner,
      repo,
      sha: release.commit,
      context: contextOf(name, service),
      state: outcome === 'pass' ? 'success' : 'failure',
      description: `${shortDigest(release.digest)} ${outcome}: ${reason}`.slice(0, longestDescription),
      target_url: url,
    })
  }
}

/** The decision on this digest's findings, if there is one. A decision on another build of the commit does not count. */
export async function findDecision(
  { octokit, owner, repo }: GitHub,
  release: { readonly commit: string; readonly digest: string },
  place: { readonly environment: string; readonly service: string },
): Promise<GateResult | undefined> {
  const { data } = await octokit.rest.repos.listCommitStatusesForRef({
    owner,
    repo,
    ref: release.commit,
    per_page: 100,
  })
  const context = contextOf(place.environment, place.service)
  // Newest first, as GitHub lists them.
  const status = data.find(
    (candidate) => candidate.context === context && candidate.description?.startsWith(shortDigest(release.digest)),
  )
  if (!status) return undefined
  const at = new Date(status.created_at).toISOString()
  const reason = (status.description ?? '').slice(shortDigest(release.digest).length + 1).replace(/^\w+: /, '')
  const outcome = status.state === 'success' ? 'pass' : 'fail'
  return { gate: 'findings', outcome, reason, figures: {}, startedAt: at, finishedAt: at }
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}
