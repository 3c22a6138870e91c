import type { Conclusion } from '../events.ts'
import type { CheckRun, Run } from '../records.ts'
import type { Hub } from '../hub.ts'

/** What people call a job: within a called workflow, after the job that calls it. */
export function checkName({ prefix }: { readonly prefix: string }, ownName: string): string {
  return prefix === '' ? ownName : `${prefix} / ${ownName}`
}

/** Lists a job among the checks of the run's commit. Gives the function that ends it. */
export function openCheck(
  { hub, run }: { readonly hub: Hub; readonly run: Run },
  name: string,
): (conclusion: Conclusion) => void {
  const check: CheckRun = {
    id: hub.nextId(),
    name,
    sha: run.info.headSha,
    runId: run.info.id,
    startedAt: hub.now().toISOString(),
  }
  hub.checks.push(check)
  return (conclusion) => Object.assign(check, { conclusion, completedAt: hub.now().toISOString() })
}
