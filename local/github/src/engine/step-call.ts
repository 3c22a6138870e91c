import type { Contexts } from '../expressions/evaluate.ts'
import type { Action, RunDefaults, Step } from '../workflow/model.ts'
import type { JobSession } from './job-session.ts'
import type { Source } from './sources.ts'

/** What a step is run with beside the step itself. */
export interface StepScope {
  readonly session: JobSession
  /** Contexts of the job (or of the composite action); steps and env are added. */
  readonly contexts: Contexts
  readonly variables: Readonly<Record<string, string>>
  readonly defaults: RunDefaults
  /** Where `$/` points: the workflow's own commit. */
  readonly source: Source
  /** Where among the job's steps this list stands: unique with the step's index. */
  readonly key: string
  /** Ends the step with the one around it: a composite action that has run too long. */
  readonly until?: AbortSignal
}

/** One step as it runs. */
export interface StepCall {
  readonly step: Step
  readonly scope: StepScope
  /** Unique in the job. */
  readonly key: string
  /** The step's own variables, filled in. */
  readonly env: Readonly<Record<string, string>>
  /** Gets what the step sets. */
  readonly outputs: Record<string, string>
  readonly signal: AbortSignal
}

/** Runs one step of a list. */
export type RunStep = (step: Step, index: number, scope: StepScope) => Promise<void>

/** An own action, where it lies, with the inputs that it gets. */
export interface OwnAction {
  readonly action: Action
  readonly folder: string
  readonly inputs: Readonly<Record<string, string>>
}
