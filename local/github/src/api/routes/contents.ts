import { bot } from '../../identity.ts'
import { ApiError, commitOf, text, type Route } from './route.ts'

export const contentsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/contents\/(.+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [path = ''], query }) => {
      const commit = await commitOf(hub, query.get('ref') ?? 'main')
      const content = await hub.repository.file(commit, path)
      if (!content) throw new ApiError(404, 'Not Found')
      const sha = await hub.repository.idOf(`${commit}:${path}`)
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
      const present = await hub.repository.idOf(`${before}:${path}`)
      if (present !== (body['sha'] ?? undefined)) {
        throw new ApiError(409, `${path} does not match ${text(body['sha'])}`)
      }
      const author = (body['author'] as { name: string; email: string } | undefined) ?? bot
      const content = Buffer.from(text(body['content']), 'base64')
      const commit = await hub.repository.commitFile({ branch, path, content, message: text(body['message']), author })
      const { login: actor, startsWorkflows } = grant
      await hub.pushed({ actor, branch, before, after: commit, startsWorkflows })
      const sha = await hub.repository.idOf(`${commit}:${path}`)
      return { status: present == null ? 201 : 200, body: { content: { path, sha }, commit: { sha: commit } } }
    },
  },
]
