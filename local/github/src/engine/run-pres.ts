import { conditionHolds, interpolateAll } from '../expressions/evaluate.ts'
import type { Step } from '../workflow/model.ts'
import { compositeScope } from './run-composite.ts'
import { runPre } from './run-node-action.ts'
import type { StepCall, StepScope } from './step-call.ts'
import { texts } from './step-environment.ts'
import { ownAction } from './use-action.ts'

/**
 * Runs, before a job's first step, what its actions want run first, in the order of the steps and also within composite
 * actions, whatever the step's own `if` says. Those of `./` paths never run: nothing is checked out yet (runner, ActionRunner).
 */
export async function runPres(steps: readonly Step[], scope: StepScope): Promise<void> {
  const { session } = scope
  for (const [index, step] of steps.entries()) {
    if (step.uses?.startsWith('$/') !== true) continue
    const { action } = ownAction({ ...step, with: {} }, scope)
    if (action.pre == null && action.using !== 'composite') continue
    const contexts = session.contexts(scope.contexts)
    const env = texts(interpolateAll(step.env, contexts))
    const inContext = { ...scope, contexts: { ...contexts, env: { ...(contexts['env'] as object), ...env } } }
    const call: StepCall = {
      step,
      scope: inContext,
      key: `${scope.key}${index}`,
      env,
      outputs: {},
      signal: session.signal,
    }
    const own = ownAction(step, inContext)
    if (action.using === 'composite') await runPres(action.steps, compositeScope(call, own))
    else if (conditionHolds(action.preIf ?? 'always()', contexts, session.status())) {
      session.log(`## Pre ${step.name ?? step.uses}`)
      const exit = await runPre(call, own)
      if (exit === 0) continue
      session.failed = true
      session.log(`error: exit code ${exit}`)
    }
  }
}
