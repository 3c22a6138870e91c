import type { OwnAction, RunStep, StepCall, StepScope } from './step-call.ts'
import { join } from 'node:path'
import { ConfigurationError, type Problem } from '@sluice/core/failure'
import { asText, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import { standIns } from '../stand-ins/stand-ins.ts'
import { actionPath } from '../workflow/check-steps.ts'
import type { Action, Step } from '../workflow/model.ts'
import { actionFile, readAction } from '../workflow/read-action.ts'
import { runComposite } from './run-composite.ts'
import { runNodeAction } from './run-node-action.ts'
import { texts } from './step-environment.ts'

/** Runs what a step uses: a stand-in of a third party's action, or an action of the repository. Gives its exit code. */
export async function useAction(call: StepCall, runStep: RunStep): Promise<number> {
  const { step, scope, outputs, signal } = call
  const { session, contexts } = scope
  const uses = step.uses ?? ''
  if (!/^[.$]\//.test(uses)) {
    const [name = '', sha = ''] = uses.split('@')
    const standIn = standIns[name]
    if (!standIn?.shas.includes(sha)) throw new Error(`${uses} has no stand-in in the local runner`)
    const inputs = texts(interpolateAll(step.with, contexts))
    const log = (line: string) => session.log(line)
    Object.assign(outputs, await standIn.run({ session, inputs, contexts, log, signal }))
    return 0
  }
  const own = ownAction(step, scope)
  return own.action.using === 'composite' ? runComposite(call, own, runStep) : runNodeAction(call, own)
}

/** The action of the repository that a step uses: of the workflow's commit (`$/`), or of what was checked out (`./`). */
export function ownAction(step: Step, { source, session, contexts }: StepScope): OwnAction {
  const uses = step.uses ?? ''
  const path = actionPath(uses)
  const root = uses.startsWith('$/') ? source.folder : session.folders.workspace
  const action = uses.startsWith('$/') ? source.actions.get(path) : readCheckedOut(root, path)
  if (!action) throw new Error(`${uses}: expected an action.yml in ${join(root, path)}, found none`)
  return { action, folder: join(root, path), inputs: inputsOf(action, step, contexts) }
}

function readCheckedOut(root: string, path: string): Action | undefined {
  const file = actionFile(root, path)
  const problems: Problem[] = []
  const action = file == null ? undefined : readAction(root, file, problems)
  if (problems.length > 0) throw new ConfigurationError(problems)
  return action
}

/** What is given under the names of action.yml, whose letters' case does not matter, and the defaults of the others. */
function inputsOf(action: Action, step: Step, contexts: Contexts): Record<string, string> {
  const given = texts(interpolateAll(step.with, contexts))
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value }]) => [
      name,
      byName.get(name.toLowerCase()) ?? (value == null ? '' : asText(interpolate(value, contexts))),
    ]),
  )
}
