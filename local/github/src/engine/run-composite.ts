import type { OwnAction, RunStep, StepCall, StepScope } from './step-call.ts'
import { asText, interpolate, type Contexts } from '../expressions/evaluate.ts'

/** What the steps of a composite action see: its inputs, its folder, no secrets, and nothing of the job's defaults. */
export function compositeScope(call: Pick<StepCall, 'scope' | 'key'>, { folder, inputs }: OwnAction): StepScope {
  const { secrets: _, ...contexts } = call.scope.contexts
  const github = { ...(contexts['github'] as object), action_path: folder }
  return { ...call.scope, defaults: {}, key: `${call.key}/`, contexts: { ...contexts, inputs, github } }
}

/** Runs the steps of a composite action. Gives 1 when one of them failed. */
export async function runComposite(call: StepCall, own: OwnAction, runStep: RunStep): Promise<number> {
  const { session } = call.scope
  const outside = { steps: { ...session.steps }, failed: session.failed }
  replaceSteps(session.steps, {})
  // success() within a composite action speaks of its own steps (runner, CompositeActionHandler).
  session.failed = false
  const scope = { ...compositeScope(call, own), until: call.signal }
  for (const [index, step] of own.action.steps.entries()) await runStep(step, index, scope)
  const inside: Contexts = session.contexts(scope.contexts)
  const { failed } = session
  try {
    for (const [name, value] of Object.entries(own.action.outputs))
      call.outputs[name] = asText(interpolate(value, inside))
  } finally {
    replaceSteps(session.steps, outside.steps)
    session.failed = outside.failed
  }
  return failed ? 1 : 0
}

function replaceSteps<Result>(steps: Record<string, Result>, by: Readonly<Record<string, Result>>): void {
  for (const key of Object.keys(steps)) delete steps[key]
  Object.assign(steps, by)
}
