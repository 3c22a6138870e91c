import { closePull, mergePull, openPull, pullRef, reopenPull } from '../../pulls.ts'
import { account, pullShape } from '../shapes.ts'
import { ApiError, commitOf, pullOf, text, type Route } from './route.ts'

export const pullsRoutes: readonly Route[] = [
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
      const isOpen = hub.pulls.some(
        (pull) => pull.state === 'open' && pull.head === head && pull.base === base && pull.fork == null,
      )
      if (isOpen) {
        throw new ApiError(422, `A pull request already exists for ${hub.options.owner}:${head}.`)
      }
      const { login: author, startsWorkflows } = grant
      const opening = { title: text(body['title']), body: text(body['body']), head, base, author, startsWorkflows }
      const pull = await openPull(hub, opening)
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
    path: /^\/pulls\/(\d+)$/,
    permission: 'pull-requests:write',
    answer: async ({ hub, grant, parts: [number = ''], body }) => {
      const pull = pullOf(hub, number)
      if (typeof body['title'] === 'string') pull.title = body['title']
      if (typeof body['body'] === 'string') pull.body = body['body']
      if (body['state'] === 'closed' && pull.state === 'open') await closePull(hub, pull)
      if (body['state'] === 'open' && pull.state === 'closed') {
        if (pull.mergedAt != null) throw new ApiError(422, 'Validation Failed: the pull request is merged')
        await reopenPull(hub, pull, { actor: grant.login, startsWorkflows: grant.startsWorkflows })
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
      if (typeof wanted === 'string' && wanted !== (await hub.repository.resolve(pullRef(pull, 'head')))) {
        throw new ApiError(409, 'Head branch was modified. Review and try the merge again.')
      }
      const commit = await mergePull(hub, pull, {
        by: grant.login,
        squash: body['merge_method'] !== 'merge',
        title: text(body['commit_title']),
        startsWorkflows: grant.startsWorkflows,
      })
      if (commit == null) throw new ApiError(405, 'Pull Request is not mergeable')
      return { body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } }
    },
  },
]
