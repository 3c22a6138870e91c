import type { ChangeCommit } from '../evidence/person.ts'
import type { VerdictOutcome } from '../verdict.ts'

/**
 * What feeds the rollout of one service in one environment beside its image: files, and a folder, of the repository. The files
 * of other services are none of it.
 */
export function configurationPaths(environment: string, service: string): string[] {
  return [
    'environments/project.yaml',
    'environments/policy',
    `environments/${environment}/environment.yaml`,
    `environments/${environment}/${service}.yaml`,
  ]
}

/** A recorded rollout, as far as it tells which configuration it delivered. */
export interface RecordedRollout {
  readonly outcome: VerdictOutcome
  readonly release: { readonly image: string }
  /** The commit of main whose `environments/` was rolled out; absent in records of before it was kept. */
  readonly configuration?: string | undefined
}

/**
 * The commit from which on changes of the configuration have not been delivered yet: that of the last rollout that passed, when
 * it is the one that runs. Where no record says it, the commit that the running image was built from: what runs was configured
 * there or later, so nothing that is new is missed. Undefined when neither is known: then all of its history is new.
 */
export function configurationSince(
  running: { readonly image: string; readonly commit?: string | undefined } | undefined,
  newestFirst: readonly RecordedRollout[],
): string | undefined {
  if (!running) return undefined
  const last = newestFirst.find(({ outcome }) => outcome === 'pass')
  const recorded = last?.release.image === running.image ? last.configuration : undefined
  return recorded ?? (running.commit || undefined)
}

/**
 * The commits that touched the configuration, each once, of those that are new. Membership decides, not dates: whoever commits
 * writes the date, and what was merged late is dated early. Without `between` everything is new.
 */
export function configurationCommits(
  between: readonly ChangeCommit[] | undefined,
  touching: readonly ChangeCommit[],
): ChangeCommit[] {
  const isNew = between && new Set(between.map(({ sha }) => sha))
  const commits = new Map(touching.map((commit) => [commit.sha, commit]))
  return [...commits.values()].filter(({ sha }) => isNew?.has(sha) ?? true)
}
