import { account, commitShape } from '../shapes.ts'
import { commitOf, type Route } from './route.ts'

export const repositoryRoutes: readonly Route[] = [
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
      const { behind, ahead, parted } = await hub.repository.divergence(base, head)
      // GitHub lists oldest first, and the files of the change since both parted.
      const commits = ahead.toReversed()
      const files = await hub.repository.changes(parted ?? base, head)
      const size = Number(query.get('per_page') ?? 100)
      const page = Number(query.get('page') ?? 1)
      const status =
        ahead.length === 0 ? (behind.length === 0 ? 'identical' : 'behind') : behind.length === 0 ? 'ahead' : 'diverged'
      return {
        body: {
          status,
          ahead_by: ahead.length,
          behind_by: behind.length,
          total_commits: commits.length,
          commits: commits.slice((page - 1) * size, page * size).map((entry) => commitShape(hub, entry)),
          files: page === 1 ? files.map(({ path, status: change }) => ({ filename: path, status: change })) : [],
        },
      }
    },
  },
]
