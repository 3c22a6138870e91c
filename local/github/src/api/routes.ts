import type { Hub, PullRequest, TokenGrant } from '../hub.ts'
import { mergePull } from '../pulls.ts'
import { account, commitShape, deploymentShape, pullShape, readLog, runShape, statusShape } from './shapes.ts'

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** One call of the API. */
export interface ApiCall {
  readonly hub: Hub
  readonly grant: TokenGrant
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** What the path's groups matched, decoded. */
  readonly parts: readonly string[]
}

export interface Route {
  readonly method: string
  /** Below /repos/OWNER/REPO. */
  readonly path: RegExp
  /** `scope:level` that the token must have. */
  readonly permission: string
  readonly answer: (call: ApiCall) => Promise<{ status?: number; body: unknown }> | { status?: number; body: unknown }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const bot = { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' }

async function commitOf(hub: Hub, ref: string): Promise<string> {
  const commit = await hub.repository.resolve(ref)
  if (commit == null) throw new ApiError(404, `No commit found for SHA: ${ref}`)
  return commit
}

function pullOf(hub: Hub, number: string): PullRequest {
  const pull = hub.pulls.find((one) => one.number === Number(number))
  if (!pull) throw new ApiError(404, 'Not Found')
  return pull
}

const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^$/,
    permission: 'metadata:read',
    answer: ({ hub }) => ({
      body: {
        id: hub.options.repositoryId,
        full_name: hub.fullName,
        name: hub.options.repository,
        default_branch: 'main',
        owner: account(hub.options.owner),
      },
    }),
  },
  {
    method: 'GET',
    path: /^\/compare\/(.+)\.\.\.(.+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [from = '', to = ''], query }) => {
      const base = await commitOf(hub, from)
      const head = await commitOf(hub, to)
      const counts = await hub.repository.git(['rev-list', '--left-right', '--count', `${base}...${head}`])
      const [behind = 0, ahead = 0] = counts.split(/\s+/).map(Number)
      // GitHub lists oldest first, and the files of the change since both parted.
      const commits = (await readLog(hub, [`${base}..${head}`])).toReversed()
      const parted = await hub.repository.git(['merge-base', base, head]).catch(() => base)
      const files = await hub.repository.changedFiles(parted, head)
      const size = Number(query.get('per_page') ?? 100)
      const page = Number(query.get('page') ?? 1)
      const status = ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged'
      return {
        body: {
          status,
          ahead_by: ahead,
          behind_by: behind,
          total_commits: commits.length,
          commits: commits.slice((page - 1) * size, page * size).map((entry) => commitShape(hub, entry)),
          files: page === 1 ? files.map((filename) => ({ filename, status: 'modified' })) : [],
        },
      }
    },
  },
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const [entry] = await readLog(hub, ['-1', await commitOf(hub, ref)])
      if (!entry) throw new ApiError(404, 'Not Found')
      return { body: commitShape(hub, entry) }
    },
  },
  {
    method: 'GET',
    path: /^\/contents\/(.+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [path = ''], query }) => {
      const commit = await commitOf(hub, query.get('ref') ?? 'main')
      const content = await hub.repository.file(commit, path)
      if (!content) throw new ApiError(404, 'Not Found')
      const sha = await hub.repository.git(['rev-parse', `${commit}:${path}`])
      return {
        body: {
          type: 'file',
          encoding: 'base64',
          path,
          name: path.split('/').at(-1),
          sha,
          size: content.length,
          content: content.toString('base64'),
        },
      }
    },
  },
  {
    method: 'PUT',
    path: /^\/contents\/(.+)$/,
    permission: 'contents:write',
    answer: async ({ hub, grant, parts: [path = ''], body }) => {
      const branch = text(body['branch']) || 'main'
      const before = await commitOf(hub, branch)
      const present = await hub.repository
        .git(['rev-parse', '--verify', '--quiet', `${before}:${path}`])
        .catch(() => undefined)
      if ((present ?? undefined) !== (body['sha'] ?? undefined)) {
        throw new ApiError(409, `${path} does not match ${text(body['sha'])}`)
      }
      const author = (body['author'] as { name: string; email: string } | undefined) ?? bot
      const content = Buffer.from(text(body['content']), 'base64')
      const commit = await hub.repository.commitFile({ branch, path, content, message: text(body['message']), author })
      if (grant.startsWorkflows) await hub.pushed({ actor: grant.login, branch, before, after: commit })
      const sha = await hub.repository.git(['rev-parse', `${commit}:${path}`])
      return { status: present == null ? 201 : 200, body: { content: { path, sha }, commit: { sha: commit } } }
    },
  },
  {
    method: 'GET',
    path: /^\/git\/ref\/(.+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const sha = await hub.repository.git(['rev-parse', '--verify', '--quiet', `refs/${ref}`]).catch(() => undefined)
      if (sha == null) throw new ApiError(404, 'Not Found')
      return { body: { ref: `refs/${ref}`, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'POST',
    path: /^\/git\/refs$/,
    permission: 'contents:write',
    answer: async ({ hub, body }) => {
      const ref = text(body['ref'])
      const sha = await commitOf(hub, text(body['sha']))
      const present = await hub.repository.git(['rev-parse', '--verify', '--quiet', ref]).catch(() => undefined)
      if (present != null) throw new ApiError(422, 'Reference already exists')
      await hub.repository.git(['update-ref', ref, sha])
      return { status: 201, body: { ref, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'PATCH',
    path: /^\/git\/refs\/(.+)$/,
    permission: 'contents:write',
    answer: async ({ hub, parts: [ref = ''], body }) => {
      const sha = await commitOf(hub, text(body['sha']))
      const before = await hub.repository
        .git(['rev-parse', '--verify', '--quiet', `refs/${ref}`])
        .catch(() => undefined)
      if (before == null) throw new ApiError(422, 'Reference does not exist')
      if (body['force'] !== true) {
        await hub.repository.git(['merge-base', '--is-ancestor', before, sha]).catch(() => {
          throw new ApiError(422, 'Update is not a fast forward')
        })
      }
      await hub.repository.git(['update-ref', `refs/${ref}`, sha])
      return { body: { ref: `refs/${ref}`, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'DELETE',
    path: /^\/git\/refs\/(.+)$/,
    permission: 'contents:write',
    answer: async ({ hub, parts: [ref = ''] }) => {
      await hub.repository.git(['update-ref', '-d', `refs/${ref}`])
      return { status: 204, body: undefined }
    },
  },
  {
    method: 'POST',
    path: /^\/statuses\/([0-9a-f]{40})$/,
    permission: 'statuses:write',
    answer: async ({ hub, grant, parts: [sha = ''], body }) => {
      const status = {
        id: hub.nextId(),
        sha: await commitOf(hub, sha),
        context: text(body['context']) || 'default',
        state: text(body['state']),
        description: text(body['description']),
        targetUrl: text(body['target_url']),
        creator: grant.login,
        createdAt: hub.now().toISOString(),
      }
      hub.statuses.unshift(status)
      return { status: 201, body: statusShape(status) }
    },
  },
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)\/statuses$/,
    permission: 'statuses:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const sha = await commitOf(hub, ref)
      return { body: hub.statuses.filter((status) => status.sha === sha).map(statusShape) }
    },
  },
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)\/check-runs$/,
    permission: 'checks:read',
    // Runs of pull requests are the only checks here, and none are kept a commit.
    answer: () => ({ body: { total_count: 0, check_runs: [] } }),
  },
]

const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)\/pulls$/,
    permission: 'pull-requests:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const sha = await commitOf(hub, ref)
      const found = hub.pulls.filter(({ mergeCommit, headCommit }) => mergeCommit === sha || headCommit === sha)
      return { body: await Promise.all(found.map((pull) => pullShape(hub, pull))) }
    },
  },
  {
    method: 'GET',
    path: /^\/pulls$/,
    permission: 'pull-requests:read',
    answer: async ({ hub, query }) => {
      const state = query.get('state') ?? 'open'
      const head = query.get('head')?.split(':').at(-1)
      const base = query.get('base')
      const found = hub.pulls.filter(
        (pull) =>
          (state === 'all' || pull.state === state) &&
          (head == null || pull.head === head) &&
          (base == null || pull.base === base),
      )
      return { body: await Promise.all(found.toReversed().map((pull) => pullShape(hub, pull))) }
    },
  },
  {
    method: 'POST',
    path: /^\/pulls$/,
    permission: 'pull-requests:write',
    answer: async ({ hub, grant, body }) => {
      const head = text(body['head']).split(':').at(-1) ?? ''
      const base = text(body['base'])
      await commitOf(hub, head)
      if (hub.pulls.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base)) {
        throw new ApiError(422, `A pull request already exists for ${hub.options.owner}:${head}.`)
      }
      const pull: PullRequest = {
        number: hub.pulls.length + 1,
        title: text(body['title']),
        body: text(body['body']),
        head,
        base,
        author: grant.login,
        createdAt: hub.now().toISOString(),
        state: 'open',
        labels: [],
        reviews: [],
      }
      hub.pulls.push(pull)
      hub.options.onEvent({ type: 'pull-request-opened', number: pull.number, title: pull.title, author: pull.author })
      return { status: 201, body: await pullShape(hub, pull) }
    },
  },
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)$/,
    permission: 'pull-requests:read',
    answer: async ({ hub, parts: [number = ''] }) => ({ body: await pullShape(hub, pullOf(hub, number)) }),
  },
  {
    method: 'PATCH',
    path: /^\/(?:pulls|issues)\/(\d+)$/,
    permission: 'pull-requests:write',
    answer: async ({ hub, parts: [number = ''], body }) => {
      const pull = pullOf(hub, number)
      if (typeof body['title'] === 'string') pull.title = body['title']
      if (typeof body['body'] === 'string') pull.body = body['body']
      if (body['state'] === 'closed' && pull.state === 'open') {
        pull.headCommit = await commitOf(hub, pull.head)
        pull.state = 'closed'
      }
      return { body: await pullShape(hub, pull) }
    },
  },
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)\/reviews$/,
    permission: 'pull-requests:read',
    answer: ({ hub, parts: [number = ''] }) => ({
      body: pullOf(hub, number).reviews.map(({ id, user, state, commit, at }) => ({
        id,
        user: account(user),
        state,
        commit_id: commit,
        submitted_at: at,
        body: '',
      })),
    }),
  },
  {
    method: 'PUT',
    path: /^\/pulls\/(\d+)\/merge$/,
    permission: 'contents:write',
    answer: async ({ hub, grant, parts: [number = ''], body }) => {
      const pull = pullOf(hub, number)
      const wanted = body['sha']
      if (typeof wanted === 'string' && wanted !== (await hub.repository.resolve(pull.head))) {
        throw new ApiError(409, 'Head branch was modified. Review and try the merge again.')
      }
      const commit = await mergePull(hub, pull, {
        by: grant.login,
        author: bot,
        squash: body['merge_method'] !== 'merge',
        title: text(body['commit_title']),
        startsWorkflows: grant.startsWorkflows,
      })
      if (commit == null) throw new ApiError(405, 'Pull Request is not mergeable')
      return { body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } }
    },
  },
  {
    method: 'POST',
    path: /^\/issues\/(\d+)\/labels$/,
    permission: 'pull-requests:write',
    answer: ({ hub, parts: [number = ''], body }) => {
      const { labels } = pullOf(hub, number)
      labels.push(...((body['labels'] as string[] | undefined) ?? []))
      return { body: labels.map((name) => ({ name })) }
    },
  },
  {
    method: 'POST',
    path: /^\/issues\/(\d+)\/comments$/,
    permission: 'pull-requests:write',
    answer: ({ hub, grant, body }) => ({
      status: 201,
      body: { id: hub.nextId(), user: account(grant.login), body: text(body['body']) },
    }),
  },
]

const deliveryRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/deployments$/,
    permission: 'deployments:write',
    answer: async ({ hub, grant, body }) => {
      const ref = text(body['ref'])
      const deployment = {
        id: hub.nextId(),
        sha: await commitOf(hub, ref),
        ref,
        task: text(body['task']) || 'deploy',
        environment: text(body['environment']) || 'production',
        description: text(body['description']),
        payload: body['payload'] ?? {},
        creator: grant.login,
        createdAt: hub.now().toISOString(),
        statuses: [],
      }
      hub.deployments.unshift(deployment)
      return { status: 201, body: deploymentShape(hub, deployment) }
    },
  },
  {
    method: 'GET',
    path: /^\/deployments$/,
    permission: 'deployments:read',
    answer: ({ hub, query }) => {
      const filters = ['environment', 'task', 'sha', 'ref'] as const
      const found = hub.deployments.filter((deployment) =>
        filters.every((key) => query.get(key) == null || query.get(key) === deployment[key]),
      )
      return { body: found.map((deployment) => deploymentShape(hub, deployment)) }
    },
  },
  {
    method: 'POST',
    path: /^\/deployments\/(\d+)\/statuses$/,
    permission: 'deployments:write',
    answer: ({ hub, parts: [id = ''], body }) => {
      const deployment = hub.deployments.find((one) => one.id === Number(id))
      if (!deployment) throw new ApiError(404, 'Not Found')
      const status = {
        id: hub.nextId(),
        state: text(body['state']),
        description: text(body['description']),
        logUrl: text(body['log_url']),
        environmentUrl: text(body['environment_url']),
        at: hub.now().toISOString(),
      }
      deployment.statuses.unshift(status)
      return { status: 201, body: { id: status.id, state: status.state, description: status.description } }
    },
  },
  {
    method: 'GET',
    path: /^\/deployments\/(\d+)\/statuses$/,
    permission: 'deployments:read',
    answer: ({ hub, parts: [id = ''] }) => ({
      body: (hub.deployments.find((one) => one.id === Number(id))?.statuses ?? []).map(
        ({ id: statusId, state, description, at, environmentUrl }) => ({
          id: statusId,
          state,
          description,
          environment_url: environmentUrl,
          created_at: at,
        }),
      ),
    }),
  },
  {
    method: 'POST',
    path: /^\/actions\/workflows\/([^/]+)\/dispatches$/,
    permission: 'actions:write',
    answer: async ({ hub, grant, parts: [workflow = ''], body }) => {
      const run = await hub.dispatched({
        actor: grant.login,
        workflow,
        ref: text(body['ref']),
        inputs: (body['inputs'] as Record<string, unknown> | undefined) ?? {},
      })
      if (body['return_run_details'] !== true) return { status: 204, body: undefined }
      const url = `${hub.url}/${hub.fullName}/actions/runs/${run.id}`
      return { body: { workflow_run_id: run.id, run_url: url, html_url: url } }
    },
  },
  {
    method: 'GET',
    path: /^\/actions\/runs\/(\d+)$/,
    permission: 'actions:read',
    answer: ({ hub, parts: [id = ''] }) => {
      const run = hub.runs.get(Number(id))
      if (!run) throw new ApiError(404, 'Not Found')
      return { body: runShape(hub, run) }
    },
  },
  {
    method: 'GET',
    path: /^\/actions\/runs$/,
    permission: 'actions:read',
    answer: ({ hub }) => ({
      body: {
        total_count: hub.runs.size,
        workflow_runs: [...hub.runs.values()].toReversed().map((run) => runShape(hub, run)),
      },
    }),
  },
  {
    method: 'GET',
    path: /^\/actions\/runs\/(\d+)\/approvals$/,
    permission: 'actions:read',
    answer: ({ hub, parts: [id = ''] }) => {
      const run = hub.runs.get(Number(id))
      if (!run) throw new ApiError(404, 'Not Found')
      return {
        body: run.approvals.map(({ environment, state, user, comment }) => ({
          state,
          comment,
          user: account(user),
          environments: [{ id: 1, name: environment }],
        })),
      }
    },
  },
  {
    method: 'GET',
    path: /^\/environments\/([^/]+)$/,
    permission: 'actions:read',
    answer: ({ hub, parts: [name = ''] }) => {
      const settings = hub.options.environments[name]
      if (!settings) throw new ApiError(404, 'Not Found')
      const reviewers = settings.reviewers.map((login) => ({ type: 'User', reviewer: account(login) }))
      return {
        body: {
          name,
          protection_rules:
            reviewers.length > 0
              ? [{ type: 'required_reviewers', prevent_self_review: settings.preventSelfReview, reviewers }]
              : [],
        },
      }
    },
  },
]

export const routes: readonly Route[] = [...repositoryRoutes, ...pullRoutes, ...deliveryRoutes]
