import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startApi } from './api/server.ts'
import { decide } from './engine/approval.ts'
import { shareCompiledCode } from './engine/compiled-code.ts'
import { ConcurrencyGroups } from './engine/concurrency.ts'
import { createSeats } from './engine/seats.ts'
import { createSources } from './engine/sources.ts'
import type { RunInfo } from './events.ts'
import { createRepository } from './git.ts'
import type { Approval, CheckRun, PullRequest, Run } from './records.ts'
import type { GitHubOptions } from './options.ts'
import type { Hub } from './hub.ts'
import { createLauncher } from './launcher/launcher.ts'
import { createTokenIssuer } from './oidc.ts'
import { mergePull, openPull, pullRef } from './pulls.ts'
import { onDispatch } from './triggers/dispatch.ts'
import { onPullRequest } from './triggers/pull-request.ts'
import { onPush } from './triggers/push.ts'

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
    /**
     * Opens a pull request as a person, and starts what it starts. `fork` brings the head from a fork of this owner: its runs get no
     * secrets and a token that only reads.
     */
    open(
      user: string,
      opening: {
        readonly title: string
        readonly body?: string
        readonly head: string
        readonly base: string
        readonly fork?: { readonly owner: string; readonly repository: string; readonly commit: string }
      },
    ): Promise<PullRequest>
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
  const launcher = createLauncher()
  const repository = await createRepository(join(options.folder, 'repository.git'), options.source, launcher)
  const api = await startApi(options.port ?? 0)
  let lastId = 1000
  const closing = new AbortController()
  const hub: Hub = {
    options,
    repository,
    launcher,
    issuer: await createTokenIssuer(),
    groups: new ConcurrencyGroups(),
    seat: createSeats(options.parallelJobs ?? 3),
    nodeArguments: await shareCompiledCode(options.folder),
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
    timeout: options.timeout ?? ((milliseconds) => AbortSignal.timeout(milliseconds)),
    pushed: (push) => onPush(hub, sources, push),
    pullRequest: (change) => onPullRequest(hub, sources, change),
    dispatched: (dispatch) => onDispatch(hub, sources, dispatch),
  }
  const sources = createSources(hub)

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
      return hub.pushed({ actor, branch, before, after: from.commit, startsWorkflows: true })
    },
    dispatch: (actor, workflow, ref, inputs) => hub.dispatched({ actor, workflow, ref, inputs }),
    approve: word('approved'),
    reject: word('rejected'),
    pulls: {
      list: () => hub.pulls,
      open: async (user, { fork, ...opening }) => {
        if (fork) await repository.git(['fetch', '--quiet', '--no-tags', fork.repository, fork.commit])
        return openPull(hub, { body: '', ...opening, author: user, startsWorkflows: true, ...(fork ? { fork } : {}) })
      },
      review: async (user, number, state) => {
        const pull = pullOf(hub, number)
        const commit = (await repository.resolve(pullRef(pull, 'head'))) ?? ''
        pull.reviews.push({ id: hub.nextId(), user, state, commit, at: hub.now().toISOString() })
      },
      merge: async (user, number) => {
        const pull = pullOf(hub, number)
        const commit = await mergePull(hub, pull, { by: user, squash: true, startsWorkflows: true })
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
      repository.close()
      launcher.close()
    },
  }
}

function pullOf(hub: Hub, number: number): PullRequest {
  const pull = hub.pulls.find((one) => one.number === number)
  if (!pull) throw new Error(`there is no pull request ${number}`)
  return pull
}
