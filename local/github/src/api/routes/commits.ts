import { commitShape } from '../shapes.ts'
import { pageOf } from './page.ts'
import { ApiError, commitOf, type Route } from './route.ts'

/** Filters of the list of commits that GitHub has and this has not. */
const notCovered = ['author', 'committer']

export const commitsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/commits$/,
    permission: 'contents:read',
    answer: async ({ hub, query }) => {
      const foreign = notCovered.find((key) => query.has(key))
      if (foreign != null) throw new ApiError(501, `sluice's local GitHub does not list commits by ${foreign}`)
      const [since, until] = ['since', 'until'].map((key) => query.get(key) ?? undefined)
      for (const time of [since, until]) {
        if (time != null && Number.isNaN(Date.parse(time))) throw new ApiError(422, `Invalid time: ${time}`)
      }
      const head = await commitOf(hub, query.get('sha') ?? 'main')
      // GitHub takes an empty path for none.
      const commits = await hub.repository.history(head, { path: query.get('path') || undefined, since, until })
      const { shown, headers } = pageOf(commits, query, `${hub.url}/repos/${hub.fullName}/commits`)
      const body = await Promise.all(shown.map(async (id) => commitShape(hub, await hub.repository.commit(id))))
      return { body, headers }
    },
  },
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const commit = await hub.repository.commit(await commitOf(hub, ref))
      return { body: commitShape(hub, commit) }
    },
  },
]
