import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'
import { startApi } from './api/server.ts'
import { decide } from './engine/approval.ts'
import { ConcurrencyGroups } from './engine/concurrency.ts'
import { createSeats } from './engine/seats.ts'
import { createSources, startRun } from './engine/start-run.ts'
import type { RunInfo } from './events.ts'
import { createRepository } from './git.ts'
import type { Approval, CheckRun, GitHubOptions, Hub, PullRequest, Run } from './hub.ts'
import { createTokenIssuer } from './oidc.ts'
import { mergePull } from './pulls.ts'
import { isTriggered } from './workflow/matches.ts'
import type { InputDefinition } from './workflow/model.ts'

export interface LocalGitHub {
  /** GITHUB_API_URL. */
  readonly url: string
  readonly oidc: { readonly issuer: string; readonly jwksUrl: string }
  readonly bareRepository: string
  /** Brings a commit of another repository to a branch, and starts what a push starts. */
  push(
    actor: string,
    branch: string,
    from: { readonly repository: string; readonly commit: string },
  ): Promise<readonly RunInfo[]>
  /** Moves a branch without starting anything: how a history begins. */
  seed(branch: string, from: { readonly repository: string; readonly commit: string }): Promise<void>
  dispatch(actor: string, workflow: string, ref: string, inputs: Readonly<Record<string, unknown>>): Promise<RunInfo>
  approve(user: string, runId: number, environment: string, comment: string): void
  reject(user: string, runId: number, environment: string, comment: string): void
  readonly pulls: {
    list(): readonly PullRequest[]
    review(user: string, number: number, state: 'APPROVED' | 'CHANGES_REQUESTED'): Promise<void>
    merge(user: string, number: number): Promise<string>
  }
  runs(): readonly Run[]
  /** Every job of every run as a check of its commit, skipped ones too. */
  checks(): readonly CheckRun[]
  file(branch: string, path: string): Promise<string | undefined>
  /** Resolves when no run is queued or running; runs that wait for people do not count. */
  settled(): Promise<void>
  cancel(runId: number): void
  close(): Promise<void>
}

/**
 * A GitHub of one repository on this machine: runs its workflows as its events ask, with its own bundles, and answers the part
 * of the API that they use. Whatever is not supported fails by name before anything runs.
 */
export async function startGitHub(options: GitHubOptions): Promise<LocalGitHub> {
  await mkdir(options.folder, { recursive: true })
  await rm(join(options.folder, 'sources'), { recursive: true, force: true })
  const repository = await createRepository(join(options.folder, 'repository.git'), options.source)
  const api = await startApi(options.port ?? 0)
  let lastId = 1000
  const closing = new AbortController()
  const hub: Hub = {
    options,
    repository,
    issuer: await createTokenIssuer(),
    groups: new ConcurrencyGroups(),
    seat: createSeats(options.parallelJobs ?? 3),
    url: api.url,
    fullName: `${options.owner}/${options.repository}`,
    runs: new Map(),
    pulls: [],
    statuses: [],
    checks: [],
    closed: closing.signal,
    deployments: [],
    tokens: new Map(),
    nextId: () => (lastId += 1),
    now: () => new Date(),
    pushed: (push) => onPush(push),
    dispatched: (dispatch) => onDispatch(dispatch),
  }
  const sources = createSources(hub)

  const onPush: Hub['pushed'] = async ({ actor, branch, before, after }) => {
    const source = await sources(after)
    const files = await repository.changedFiles(before, after)
    const message = await repository.git(['log', '-1', '--format=%B', after])
    const payload = {
      ref: `refs/heads/${branch}`,
      before: before ?? '0'.repeat(40),
      after,
      head_commit: { id: after, message },
      pusher: { name: actor },
    }
    const started: RunInfo[] = []
    for (const workflow of source.workflows.values()) {
      if (!workflow.on.push || !isTriggered(workflow.on.push, branch, files)) continue
      started.push(
        (await startRun(hub, source, { workflow, event: 'push', actor, sha: after, branch, payload, inputs: {} })).info,
      )
    }
    return started
  }

  const onDispatch: Hub['dispatched'] = async ({ actor, workflow: name, ref, inputs }) => {
    const branch = ref.replace(/^refs\/heads\//, '')
    const sha = await repository.resolve(branch)
    if (sha == null) throw new ConfigurationError(`expected a branch to run ${name} on, found no ${ref}`)
    const source = await sources(sha)
    const workflow = [...source.workflows.values()].find(({ path }) => path.endsWith(`/${name}`))
    const definitions = workflow?.on.workflow_dispatch?.inputs
    if (!workflow || !definitions)
      throw new ConfigurationError(`Workflow ${name} does not have 'workflow_dispatch' trigger`)
    const values = dispatchInputs(definitions, inputs)
    const payload = { ref: `refs/heads/${branch}`, inputs: values, workflow: workflow.path }
    return (
      await startRun(hub, source, { workflow, event: 'workflow_dispatch', actor, sha, branch, payload, inputs: values })
    ).info
  }
  api.serve(hub)

  const runOf = (id: number) => {
    const run = hub.runs.get(id)
    if (!run) throw new Error(`there is no run ${id}`)
    return run
  }
  const bring = async (branch: string, from: { repository: string; commit: string }) => {
    const before = await repository.resolve(branch)
    await repository.git(['fetch', '--quiet', '--no-tags', from.repository, `+${from.commit}:refs/heads/${branch}`])
    return before
  }
  const word = (state: Approval['state']) => (user: string, runId: number, environment: string, comment: string) =>
    decide(hub, runOf(runId), { user, environment, state, comment })

  return {
    url: api.url,
    oidc: { issuer: hub.issuer.issuer, jwksUrl: `${api.url}/.well-known/jwks` },
    bareRepository: repository.folder,
    seed: async (branch, from) => void (await bring(branch, from)),
    push: async (actor, branch, from) => {
      const before = await bring(branch, from)
      return hub.pushed({ actor, branch, before, after: from.commit })
    },
    dispatch: (actor, workflow, ref, inputs) => hub.dispatched({ actor, workflow, ref, inputs }),
    approve: word('approved'),
    reject: word('rejected'),
    pulls: {
      list: () => hub.pulls,
      review: async (user, number, state) => {
        const pull = pullOf(hub, number)
        const commit = (await repository.resolve(pull.head)) ?? ''
        pull.reviews.push({ id: hub.nextId(), user, state, commit, at: hub.now().toISOString() })
      },
      merge: async (user, number) => {
        const pull = pullOf(hub, number)
        const account = options.users.find(({ login }) => login === user)
        const author = { name: user, email: account?.emails?.[0] ?? `${user}@users.noreply.github.com` }
        const commit = await mergePull(hub, pull, { by: user, author, squash: true, startsWorkflows: true })
        if (commit == null)
          throw new Error(`pull request ${number} cannot be merged: it is closed, or conflicts with ${pull.base}`)
        return commit
      },
    },
    runs: () => [...hub.runs.values()],
    checks: () => hub.checks,
    file: async (branch, path) => {
      const commit = await repository.resolve(branch)
      return commit == null ? undefined : (await repository.file(commit, path))?.toString('utf8')
    },
    settled: async () => {
      const isBusy = (run: Run) => run.status !== 'completed' && run.pending.length === 0
      while ([...hub.runs.values()].some(isBusy)) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    cancel: (runId) => runOf(runId).abort.abort(new Error('cancelled')),
    close: async () => {
      closing.abort(new Error('the local GitHub closes'))
      for (const run of hub.runs.values())
        if (run.status !== 'completed') run.abort.abort(new Error('the local GitHub closes'))
      while ([...hub.runs.values()].some(({ status }) => status !== 'completed'))
        await new Promise((resolve) => setTimeout(resolve, 50))
      await api.close()
    },
  }
}

function pullOf(hub: Hub, number: number): PullRequest {
  const pull = hub.pulls.find((one) => one.number === number)
  if (!pull) throw new Error(`there is no pull request ${number}`)
  return pull
}

/** Inputs of a dispatch with their defaults. Throws a `ConfigurationError` with all that is missing or unknown. */
function dispatchInputs(
  definitions: Readonly<Record<string, InputDefinition>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const problems = Object.keys(given)
    .filter((name) => !(name in definitions))
    .map((name) => `Unexpected inputs provided: ["${name}"]`)
  const values: Record<string, unknown> = {}
  for (const [name, { required, default: value, type }] of Object.entries(definitions)) {
    const chosen = given[name] ?? value ?? ''
    if (required === true && chosen === '') problems.push(`Required input '${name}' not provided`)
    values[name] = type === 'boolean' ? chosen === true || chosen === 'true' : chosen
  }
  if (problems.length > 0) throw new ConfigurationError(problems.map((message) => ({ message })))
  return values
}
