import { account, runShape } from '../shapes.ts'
import { ApiError, text, type Route } from './route.ts'

export const runsRoutes: readonly Route[] = [
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
]
