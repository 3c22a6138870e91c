import type { DesiredState } from '../environment/read.ts'
import { ConfigurationError } from '../failure.ts'

/** The environments that follow `environment` on the way to production: those whose `promotion.from` names it. */
export function nextEnvironments(state: DesiredState, environment: string): string[] {
  return Object.values(state.environments)
    .filter((candidate) => candidate.environment.promotion.from === environment)
    .map(({ name }) => name)
}

/** The environment that a new release enters first. Throws a `ConfigurationError` unless there is exactly one. */
export function firstEnvironment(state: DesiredState): string {
  const first = Object.values(state.environments).filter(({ environment }) => environment.promotion.from == null)
  const [only, ...others] = first.map(({ name }) => name)
  if (only != null && others.length === 0) return only
  throw new ConfigurationError([
    {
      message: `expected exactly one environment without promotion.from, found ${first.length === 0 ? 'none' : [only, ...others].join(', ')}`,
      hint: 'a release enters one environment first; every other names the one it follows',
    },
  ])
}
