import type { Hub } from '../hub.ts'
import type { Workflow } from '../workflow/model.ts'

/** GitHub: "Triggering a workflow from a workflow". The two dispatches are the exception. */
export const ownToken = "GitHub starts nothing for what a job's own token did"

/** Tells of every workflow that asked for an event and does not run for it, and why. */
export function reportNotStarted(
  hub: Pick<Hub, 'options'>,
  facts: {
    readonly event: string
    readonly workflows: readonly Workflow[]
    /** What happened: `pull request 3`, `the push to main`. */
    readonly subject: string
    readonly reason: string
  },
): void {
  const { event, subject, reason } = facts
  for (const { path } of facts.workflows)
    hub.options.onEvent({ type: 'workflow-not-started', workflow: path, event, subject, reason })
}
