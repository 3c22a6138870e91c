import type { Problem } from '@sluice/core/failure'
import { standIns } from '../stand-ins/stand-ins.ts'
import type { Action, Step } from './model.ts'
import { stepTitle } from './read-step.ts'

/** The shells that a `run` may name. */
export const shells = ['bash', 'sh']

/** A list of steps to look at: of a job, or of a composite action. */
interface StepList {
  /** The workflow or the action.yml. */
  readonly file: string
  /** `job build`, or nothing for an action. */
  readonly owner?: string
  readonly steps: readonly Step[]
  /** The shell when a step names none. */
  readonly shell?: string | undefined
}

/**
 * What of these steps would fail, or would silently do something else: unknown actions, versions and shells, and inputs that
 * an own action does not have or needs. GitHub only warns of an unknown input and passes an empty text for a missing one; here
 * both are errors, since a gate that is called with a misspelt input judges something else than what was asked.
 */
export function checkSteps(list: StepList, actions: ReadonlyMap<string, Action>): Problem[] {
  const problems: Problem[] = []
  const ids = new Set<string>()
  for (const [index, step] of list.steps.entries()) {
    const where = `${list.owner == null ? '' : `${list.owner}, `}step ${index + 1} (${stepTitle(step)})`
    const location = { file: list.file, ...(step.line == null ? {} : { line: step.line }) }
    const report = (message: string) => problems.push({ message: `${where}: ${message}`, location })
    if (step.id != null && ids.has(step.id)) report(`the id ${step.id} is taken by a step before`)
    if (step.id != null) ids.add(step.id)
    const shell = step.shell ?? list.shell
    if (step.run != null && shell != null && !shells.includes(shell))
      report(`the shell ${shell} is not supported by the local runner (${shells.join(', ')})`)
    if (step.uses == null) continue
    if (/^[.$]\//.test(step.uses)) checkOwn(step, step.uses, actions, report)
    else checkThirdParty(step, step.uses, report)
  }
  return problems
}

function checkOwn(
  step: Step,
  uses: string,
  actions: ReadonlyMap<string, Action>,
  report: (message: string) => void,
): void {
  const action = actions.get(actionPath(uses))
  if (!action) return report(`${uses} does not exist`)
  const inputs = Object.entries(action.inputs)
  const given = new Set(Object.keys(step.with).map((name) => name.toLowerCase()))
  const known = new Set(inputs.map(([name]) => name.toLowerCase()))
  for (const name of Object.keys(step.with))
    if (!known.has(name.toLowerCase()))
      report(`${uses} has no input ${name}; it has ${inputs.map(([one]) => one).join(', ') || 'none'}`)
  for (const [name, { required, default: value }] of inputs)
    if (required && value == null && !given.has(name.toLowerCase())) report(`${uses} needs the input ${name}`)
}

function checkThirdParty(step: Step, uses: string, report: (message: string) => void): void {
  const [name = '', sha = ''] = uses.split('@')
  const standIn = standIns[name]
  if (!standIn) return report(`uses ${name}, which the local runner has no stand-in for`)
  if (!standIn.shas.includes(sha))
    return report(`uses ${uses}; the local runner knows ${name} at ${standIn.shas.join(', ')}`)
  for (const input of Object.keys(step.with))
    if (!standIn.inputs.includes(input)) report(`${name} has no input ${input} in the local runner`)
}

/** `$/actions/x` and `./actions/x` as a folder of the repository. */
export function actionPath(uses: string): string {
  return uses.replace(/^[.$]\//, '').replace(/\/$/, '')
}
