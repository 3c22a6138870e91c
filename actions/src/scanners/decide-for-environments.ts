import type { DesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { decideFindings, type FindingsDecision } from '@sluice/core/findings/decide'
import type { ScanReport } from '@sluice/core/findings/finding'

/** A decision and the environment that it is for. */
export type EnvironmentDecision = FindingsDecision & { readonly name: string }

/** What each environment's findings policy says of the same reports: a release is scanned once and travels through them all. */
export function decideForEnvironments(
  state: DesiredState,
  reports: readonly ScanReport[],
  at: string,
): EnvironmentDecision[] {
  return Object.values(state.environments).flatMap(({ name, environment: { findings } }) => {
    const policy = state.findings[findings]
    return policy ? [{ name, ...decideFindings(reports, policy, name, at.slice(0, 10)) }] : []
  })
}

/** The decision for one environment. Throws a `ConfigurationError` that lists what there is. */
export function findDecided(decisions: readonly EnvironmentDecision[], environment: string): EnvironmentDecision {
  const found = decisions.find(({ name }) => name === environment)
  if (found) return found
  const names = decisions.map(({ name }) => name).join(', ')
  throw new ConfigurationError(`input "environment": expected one of ${names}, found "${environment}"`)
}
