import type { Problem } from '@sluice/core/failure'
import { standIns } from '../stand-ins/stand-ins.ts'
import type { Workflow } from './model.ts'

/** Everything that would fail for want of support, by name, before anything runs. `hasAction` tells of `$/` and `./` paths. */
export function checkWorkflows(
  workflows: ReadonlyMap<string, Workflow>,
  hasAction: (path: string) => boolean,
): Problem[] {
  const problems: Problem[] = []
  for (const { path, jobs } of workflows.values()) {
    const report = (message: string) => problems.push({ message, location: { file: path } })
    for (const job of Object.values(jobs)) {
      for (const id of job.needs) if (!jobs[id]) report(`job ${job.id} needs ${id}, which is no job`)
      if (job.uses != null && !workflows.has(workflowPath(job.uses)))
        report(`job ${job.id} calls ${job.uses}, which does not exist`)
      for (const { uses, with: inputs } of job.steps) {
        if (uses == null) continue
        if (uses.startsWith('$/') || uses.startsWith('./')) {
          if (!hasAction(uses.slice(2))) report(`job ${job.id} uses ${uses}, which does not exist`)
          continue
        }
        const [name = '', sha = ''] = uses.split('@')
        const standIn = standIns[name]
        if (!standIn) report(`job ${job.id} uses ${name}, which the local runner has no stand-in for`)
        else if (!standIn.shas.includes(sha))
          report(`job ${job.id} uses ${uses}; the local runner knows ${name} at ${standIn.shas.join(', ')}`)
        else
          for (const input of Object.keys(inputs))
            if (!standIn.inputs.includes(input))
              report(`job ${job.id}: ${name} has no input ${input} in the local runner`)
      }
    }
  }
  return problems
}

/** `./.github/workflows/x.yml` and `$/.github/workflows/x.yml` as a path of the repository. */
export function workflowPath(uses: string): string {
  return uses.replace(/^(\.|\$)\//, '')
}
