import { ApiError, commitOf, text, type Route } from './route.ts'

export const referencesRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/git\/ref\/(.+)$/,
    permission: 'contents:read',
    answer: async ({ hub, parts: [ref = ''] }) => {
      const sha = await hub.repository.git(['rev-parse', '--verify', '--quiet', `refs/${ref}`]).catch(() => undefined)
      if (sha == null) throw new ApiError(404, 'Not Found')
      return { body: { ref: `refs/${ref}`, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'POST',
    path: /^\/git\/refs$/,
    permission: 'contents:write',
    answer: async ({ hub, body }) => {
      const ref = text(body['ref'])
      const sha = await commitOf(hub, text(body['sha']))
      const present = await hub.repository.git(['rev-parse', '--verify', '--quiet', ref]).catch(() => undefined)
      if (present != null) throw new ApiError(422, 'Reference already exists')
      await hub.repository.git(['update-ref', ref, sha])
      return { status: 201, body: { ref, object: { type: 'commit', sha } } }
    },
  },
  {
    method: 'PATCH',
    path: /^\/git\/refs\/(.+)$/,
    permission: 'contents:write',
    answer: async ({ hub, parts: [ref = ''], body }) => {
      const sha = await commitOf(hub, text(body['sha']))
      const before = await hub.repository
        .git(['rev-parse', '--verify', '--quiet', `refs/${ref}`])
        .catch(() => undefined)
      if (before == null) throw new ApiError(422, 'Reference does not exist')
      if (body['force'] !== true) {
        await hub.repository.git(['merge-base', '--is-ancestor', before, sha]).catch(() => {
          throw new ApiError(422, 'Update is not a fast forward')
        })
      }
      await hub.repository.git(['update-ref', `refs/${ref}`, sha])
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
