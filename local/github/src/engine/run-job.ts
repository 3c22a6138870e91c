import type { JobResult } from './workflow-scope.ts'
import { randomBytes, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { asText, interpolate, interpolateAll, type Contexts } from '../expressions/evaluate.ts'
import type { Conclusion } from '../events.ts'
import type { Hub } from '../hub.ts'
import type { Run } from '../records.ts'
import type { Job, Permissions, Workflow } from '../workflow/model.ts'
import type { Source } from './sources.ts'
import { createJobFolders, githubContext, stepVariables } from './job-environment.ts'
import { JobSession } from './job-session.ts'
import { endOrphans } from './orphans.ts'
import { runPres } from './run-pres.ts'
import { runStep } from './run-step.ts'

/** What a job is run with. `name` is the one that people see; `key` is unique in the run. */
export interface JobCall {
  readonly hub: Hub
  readonly run: Run
  readonly workflow: Workflow
  readonly job: Job
  readonly key: string
  readonly name: string
  readonly contexts: Contexts
  readonly permissions: Permissions
  readonly environment: string | undefined
  readonly source: Source
  /** Ends the job: the run was cancelled, or a job beside it in a matrix failed. */
  readonly signal: AbortSignal
}

/** Runs the steps of one job on a seat of its own. */
export async function runJob(call: JobCall): Promise<JobResult> {
  const { hub, run, job } = call
  const leaveSeat = await hub.seat()
  const { onEvent } = hub.options
  onEvent({ type: 'job-started', run: run.info, job: call.name })
  let result: Conclusion = 'failure'
  let outputs: Record<string, string> = {}
  const token = `ghs_${randomBytes(18).toString('hex')}`
  const idTokenKey = randomBytes(18).toString('hex')
  const trackingId = `github_${randomUUID()}`
  const limit = hub.timeout(job.timeoutMinutes * 60_000)
  const folders = await createJobFolders(run, call.key)
  const session = new JobSession({
    hub,
    run,
    name: call.name,
    folders,
    signal: AbortSignal.any([call.signal, limit]),
  })
  try {
    session.masks.add(token)
    session.masks.add(idTokenKey)
    for (const secret of Object.values(hub.options.secrets ?? {})) session.masks.add(secret)
    const claims = tokenClaims(call)
    hub.tokens.set(token, { login: 'github-actions[bot]', permissions: call.permissions, startsWorkflows: false, run })
    if (call.permissions['id-token'] === 'write') {
      hub.tokens.set(idTokenKey, { login: 'github-actions[bot]', permissions: {}, startsWorkflows: false, run, claims })
    }
    const github = githubContext(hub, run, { id: job.id, token, workspace: folders.workspace })
    const secrets = { ...(call.contexts['secrets'] as object), GITHUB_TOKEN: token }
    const runner = {
      os: 'Linux',
      arch: 'X64',
      temp: folders.temp,
      name: 'sluice',
      environment: 'self-hosted',
      debug: '',
    }
    let contexts: Contexts = { ...call.contexts, github, secrets, runner, env: {} }
    const env = interpolateAll({ ...call.workflow.env, ...job.env }, contexts)
    contexts = { ...contexts, env }
    const variables = stepVariables(
      hub,
      contexts,
      folders,
      trackingId,
      call.permissions['id-token'] === 'write' ? idTokenKey : undefined,
    )
    const defaults = { ...call.workflow.defaults, ...job.defaults }
    const scope = { session, contexts, variables, defaults, source: call.source, key: '' }
    await runPres(job.steps, scope)
    for (const [index, step] of job.steps.entries()) await runStep(step, index, scope)
    for (const { run: post } of session.posts) await post()
    const final = session.contexts(contexts)
    outputs = Object.fromEntries(
      Object.entries(job.outputs).map(([name, value]) => [name, asText(interpolate(value, final))]),
    )
    for (const [name, value] of Object.entries(outputs)) {
      if (session.masks.apply(value) === value) continue
      session.log(`warning: Skip output '${name}' since it may contain secret.`)
      delete outputs[name]
    }
    // A job that runs too long is cancelled, not failed: failure() after it does not hold, cancelled results do.
    if (limit.aborted) session.error(`The job has exceeded the maximum execution time of ${job.timeoutMinutes} minutes`)
    result = session.signal.aborted ? 'cancelled' : session.failed ? 'failure' : 'success'
  } catch (error) {
    session.error((error as Error).message)
  } finally {
    hub.tokens.delete(token)
    hub.tokens.delete(idTokenKey)
    for (const { pid, name } of await endOrphans(trackingId))
      session.log(`Terminate orphan process: pid (${pid}) (${name})`)
    if (hub.options.workspaces === 'of-failed' && result === 'success')
      await rm(folders.workspace, { recursive: true, force: true }).catch((error: unknown) =>
        session.log(String(error)),
      )
    leaveSeat()
    onEvent({ type: 'job-finished', run: run.info, job: call.name, conclusion: result })
  }
  return { result: result === 'failure' && job.continueOnError ? 'success' : result, outputs }
}

/** The claims of a job's OIDC token (GitHub: "OpenID Connect reference"); the subject carries ids, as of 2026-07-15. */
function tokenClaims({ hub, run, workflow, job, environment }: JobCall): Record<string, string> {
  const { owner, ownerId, repository, repositoryId } = hub.options
  const { info } = run
  const origin = info.event === 'pull_request' ? 'pull_request' : `ref:${info.ref}`
  const context = environment == null ? origin : `environment:${environment}`
  return {
    sub: `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${context}`,
    repository: hub.fullName,
    repository_id: String(repositoryId),
    repository_owner: owner,
    repository_owner_id: String(ownerId),
    ref: info.ref,
    ref_type: 'branch',
    sha: info.sha,
    actor: info.actor,
    workflow: run.workflow.name,
    workflow_ref: `${hub.fullName}/${run.workflow.path}@${info.ref}`,
    job_workflow_ref: `${hub.fullName}/${workflow.path}@${info.ref}`,
    event_name: info.event,
    run_id: String(info.id),
    run_attempt: '1',
    runner_environment: 'self-hosted',
    job: job.id,
    ...(environment == null ? {} : { environment }),
  }
}
