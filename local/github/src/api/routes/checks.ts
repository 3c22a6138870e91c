import { statusShape } from '../shapes.ts'
import { commitOf, text, type Route } from './route.ts'

export const checksRoutes: readonly Route[] = [
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
