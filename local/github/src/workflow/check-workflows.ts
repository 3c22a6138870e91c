import type { Problem } from '@sluice/core/failure'
import { checkCalls } from './check-calls.ts'
import { actionPath, checkSteps } from './check-steps.ts'
import type { Action, Workflow } from './model.ts'

/** Actions within actions may go this deep on GitHub. */
const deepestAction = 10

/** Everything that would fail for want of support, by name, before anything runs. `actions` by their folder. */
export function checkWorkflows(
  workflows: ReadonlyMap<string, Workflow>,
  actions: ReadonlyMap<string, Action>,
): Problem[] {
  const problems: Problem[] = []
  for (const workflow of workflows.values()) {
    const { path, jobs, defaults } = workflow
    for (const job of Object.values(jobs)) {
      const location = { file: path, ...(job.line == null ? {} : { line: job.line }) }
      for (const id of job.needs)
        if (!jobs[id]) problems.push({ message: `job ${job.id} needs ${id}, which is no job`, location })
      const shell = job.defaults.shell ?? defaults.shell
      problems.push(...checkSteps({ file: path, owner: `job ${job.id}`, steps: job.steps, shell }, actions))
    }
    problems.push(...checkCalls(workflow, workflows))
  }
  for (const [path, { file, steps }] of actions) {
    problems.push(...checkSteps({ file, steps }, actions))
    if (depthOf(path, actions) > deepestAction)
      problems.push({ message: `actions may use each other ${deepestAction} levels deep`, location: { file } })
  }
  return problems
}

/** The folders of the own actions that some steps use. */
export function usedActions(steps: readonly { readonly uses?: string }[]): string[] {
  return steps.flatMap(({ uses }) => (uses != null && /^[.$]\//.test(uses) ? [actionPath(uses)] : []))
}

function depthOf(path: string, actions: ReadonlyMap<string, Action>, above = 1): number {
  if (above > deepestAction) return above
  const inner = usedActions(actions.get(path)?.steps ?? [])
  return Math.max(above, ...inner.map((one) => depthOf(one, actions, above + 1)))
}
