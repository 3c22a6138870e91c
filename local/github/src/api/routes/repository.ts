import { account, commitShape, readLog } from '../shapes.ts'
import { ApiError, commitOf, type Route } from './route.ts'

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
]
