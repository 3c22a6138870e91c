import { deploymentShape } from '../shapes.ts'
import { ApiError, commitOf, text, type Route } from './route.ts'

export const deploymentsRoutes: readonly Route[] = [
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
]
