import type { JobSession } from '../engine/job-session.ts'
import type { Contexts } from '../expressions/evaluate.ts'

interface StandInCall {
  readonly session: JobSession
  readonly inputs: Readonly<Record<string, string>>
  readonly contexts: Contexts
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** What a third-party action does, done against the local GitHub. By name and SHA: a new version is looked at before it runs. */
export interface StandIn {
  readonly shas: readonly string[]
  readonly inputs: readonly string[]
  /** Gives the step's outputs. */
  run(call: StandInCall): Promise<Record<string, string>>
}
