import type { Hub, TokenGrant } from '../../hub.ts'
import { ApiError, commitOf, text, type Route } from './route.ts'

/** A branch that was moved by the API was pushed; a tag starts nothing here. */
async function branchMoved(
  hub: Hub,
  { login: actor, startsWorkflows }: TokenGrant,
  { ref, before, after }: { readonly ref: string; readonly before: string | undefined; readonly after: string },
): Promise<void> {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1]
  if (branch != null && before !== after) await hub.pushed({ actor, branch, before, after, startsWorkflows })
}

export const referencesRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/git\/ref\/(.+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const sha = await hub.repository.idOf(`refs/${ref}`)
      if (sha == null) throw new ApiError(404, 'Not Found')
      return { body: { ref: `refs/${ref}`, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'POST',
    path: /^\/git\/refs$/,
    permission: 'contents:write',
    answer: async ({ hub, grant, body }) => {
      const ref = text(body['ref'])
      const sha = await commitOf(hub, text(body['sha']))
      const present = await hub.repository.idOf(ref)
      if (present != null) throw new ApiError(422, 'Reference already exists')
      await hub.repository.git(['update-ref', ref, sha])
      await branchMoved(hub, grant, { ref, before: undefined, after: sha })
      return { status: 201, body: { ref, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'PATCH',
    path: /^\/git\/refs\/(.+)$/,
    permission: 'contents:write',
    answer: async ({ hub, grant, parts: [ref = ''], body }) => {
      const sha = await commitOf(hub, text(body['sha']))
      const before = await hub.repository.idOf(`refs/${ref}`)
      if (before == null) throw new ApiError(422, 'Reference does not exist')
      if (body['force'] !== true) {
        const { behind } = await hub.repository.divergence(before, sha)
        if (behind.length > 0) throw new ApiError(422, 'Update is not a fast forward')
      }
      await hub.repository.git(['update-ref', `refs/${ref}`, sha])
      await branchMoved(hub, grant, { ref: `refs/${ref}`, before, after: sha })
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
]
