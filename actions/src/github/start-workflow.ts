import type { GitHub } from './clients.ts'

/** Starts a workflow on main by hand: a merge by a job's own token starts none. */
export async function startWorkflow(
  { octokit, owner, repo }: GitHub,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  await octokit.rest.actions.createWorkflowDispatch({
    owner,
    repo,
    workflow_id: workflow,
    ref: 'main',
    inputs: { ...inputs },
  })
}
