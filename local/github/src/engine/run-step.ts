import type { StepScope } from './step-call.ts'
import { asText, conditionHolds, interpolate, interpolateAll } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { Step } from '../workflow/model.ts'
import { stepTitle } from '../workflow/read-step.ts'
import { runScript } from './run-script.ts'
import { texts } from './step-environment.ts'
import { useAction } from './use-action.ts'

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
