import { checkShape, statusShape } from '../shapes.ts'
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
    answer: async ({ hub, parts: [ref = ''], query }) => {
      const sha = await commitOf(hub, ref)
      const found = hub.checks.filter((check) => check.sha === sha)
      const size = Number(query.get('per_page') ?? 30)
      const page = Number(query.get('page') ?? 1)
      const shown = found.slice((page - 1) * size, page * size)
      return { body: { total_count: found.length, check_runs: shown.map((check) => checkShape(hub, check)) } }
    },
  },
]
