import { asText, conditionHolds, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { RunDefaults, Step } from '../workflow/model.ts'
import { stepTitle } from '../workflow/read-step.ts'
import type { JobSession } from './job-session.ts'
import { runScript } from './run-script.ts'
import type { Source } from './sources.ts'
import { texts } from './step-environment.ts'
import { useAction } from './use-action.ts'

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

/** Runs one step and keeps its result under its id. Never throws: what goes wrong is the step's failure. */
export async function runStep(step: Step, index: number, scope: StepScope): Promise<void> {
  const { session } = scope
  const { onEvent } = session.hub.options
  const contexts = session.contexts(scope.contexts)
  const name = stepTitle(step) || `step ${index + 1}`
  const run = session.run.info
  const outputs: Record<string, string> = {}
  let outcome: Conclusion = 'success'
  try {
    if (!conditionHolds(step.if, contexts, session.status())) {
      if (step.id != null) session.steps[step.id] = { outputs, outcome: 'skipped', conclusion: 'skipped' }
      return
    }
    onEvent({ type: 'step-started', run, job: session.name, step: name })
    session.log(`## ${name}`)
    const env = texts(interpolateAll(step.env, contexts))
    const inContext = { ...contexts, env: { ...(contexts['env'] as object), ...env } }
    const limit = step.timeoutMinutes == null ? undefined : session.hub.timeout(step.timeoutMinutes * 60_000)
    // A cancelled job still runs its steps that ask for it; only what began before is stopped.
    const stop = session.signal.aborted ? undefined : session.signal
    const signal = AbortSignal.any([stop, limit, scope.until].filter((one) => one != null))
    const call = { step, scope: { ...scope, contexts: inContext }, key: `${scope.key}${index}`, env, outputs, signal }
    const exit = step.run == null ? await useAction(call, runStep) : await runScript(call)
    if (stop?.aborted === true) {
      outcome = 'cancelled'
      session.log('error: the operation was canceled')
    } else if (limit?.aborted === true) {
      outcome = 'failure'
      session.error(`The action '${name}' has timed out after ${step.timeoutMinutes} minutes.`)
    } else if (exit !== 0) {
      outcome = 'failure'
      session.log(`error: exit code ${exit}`)
    }
  } catch (error) {
    outcome = session.signal.aborted ? 'cancelled' : 'failure'
    session.error((error as Error).message)
  }
  const forgiven = outcome === 'failure' && asText(interpolate(String(step.continueOnError), contexts)) === 'true'
  const conclusion = forgiven ? 'success' : outcome
  if (conclusion === 'failure') session.failed = true
  if (step.id != null) session.steps[step.id] = { outputs, outcome, conclusion }
  onEvent({ type: 'step-finished', run, job: session.name, step: name, conclusion })
}
