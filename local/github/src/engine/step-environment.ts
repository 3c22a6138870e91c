import { asText } from '../expressions/evaluate.ts'
import type { StepCall } from './step-call.ts'

/** Every value as a program gets it. */
export function texts(values: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values as Record<string, unknown>).map(([key, value]) => [key, asText(value)]),
  )
}

/**
 * The environment of a program: what the job offers, what steps before it set, what this step says, and last the runner's
 * own, which nothing can overwrite (GitHub: "Default environment variables").
 */
export function environmentOf(
  { scope, env }: Pick<StepCall, 'scope' | 'env'>,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const { session, variables, contexts } = scope
  const chosen = { ...variables, ...texts(contexts['env'] ?? {}), ...session.env, ...env }
  const own = Object.fromEntries(Object.entries(variables).filter(([name]) => /^(GITHUB|RUNNER)_/.test(name)))
  const { action_path: folder } = contexts['github'] as { readonly action_path?: string }
  return {
    ...chosen,
    ...own,
    ...files,
    ...(folder == null ? {} : { GITHUB_ACTION_PATH: folder }),
    PATH: [...session.paths, chosen['PATH'] ?? ''].join(':'),
  }
}
