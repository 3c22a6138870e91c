import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { AwsError } from '../../endpoint/service.ts'
import type { BlobStore } from '../blob-store.ts'
import type { Repositories } from '../repositories.ts'
import { blobRoutes } from './blobs.ts'
import { fail, type Exchange } from './exchange.ts'
import { manifestRoutes } from './manifests.ts'

/**
 * The OCI distribution API (opencontainers/distribution-spec 1.1) on ECR's repositories. Basic authentication with the user AWS is
 * asked for, as ECR does; any password will do on loopback.
 */
export function createDistribution(options: { repositories: Repositories; blobs: BlobStore; stateFolder: string }) {
  const { repositories, blobs } = options
  const { blob, beginUpload, continueUpload, endUpload } = blobRoutes(blobs, join(options.stateFolder, 'uploads'))
  const { getManifest, putManifest, deleteManifest, referrers, listTags } = manifestRoutes(repositories, blobs)

  const routes: readonly (readonly [methods: string, path: RegExp, run: (exchange: Exchange) => unknown])[] = [
    ['POST', /^\/v2\/(.+)\/blobs\/uploads\/?()$/, beginUpload],
    ['PATCH', /^\/v2\/(.+)\/blobs\/uploads\/([\w-]+)$/, continueUpload],
    ['PUT', /^\/v2\/(.+)\/blobs\/uploads\/([\w-]+)$/, endUpload],
    ['GET HEAD', /^\/v2\/(.+)\/blobs\/(sha256:[0-9a-f]{64})$/, blob],
    ['GET HEAD', /^\/v2\/(.+)\/manifests\/([\w.:-]+)$/, getManifest],
    ['PUT', /^\/v2\/(.+)\/manifests\/([\w.:-]+)$/, putManifest],
    ['DELETE', /^\/v2\/(.+)\/manifests\/([\w.:-]+)$/, deleteManifest],
    ['GET', /^\/v2\/(.+)\/referrers\/(sha256:[0-9a-f]{64})$/, referrers],
    ['GET', /^\/v2\/(.+)\/tags\/list()$/, listTags],
  ]

  /** Answers a request of the distribution API; false when it is none. */
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname !== '/v2' && !url.pathname.startsWith('/v2/')) return false
    response.setHeader('docker-distribution-api-version', 'registry/2.0')
    if (!request.headers.authorization?.startsWith('Basic ')) {
      request.resume()
      response.setHeader('www-authenticate', 'Basic realm="sluice local ECR",service="ecr"')
      fail(response, 401, 'UNAUTHORIZED', 'log in with the password of: aws ecr get-login-password')
      return true
    }
    if (/^\/v2\/?$/.test(url.pathname)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      return true
    }
    const route = routes.find(
      ([methods, path]) => path.test(url.pathname) && methods.split(' ').includes(request.method ?? ''),
    )
    const [, repository = '', reference = ''] = route?.[1].exec(url.pathname) ?? []
    if (!route || !repositories.find(repository)) {
      request.resume()
      if (route) fail(response, 404, 'NAME_UNKNOWN', `The repository with name '${repository}' does not exist`)
      else fail(response, 405, 'UNSUPPORTED', `sluice's local ECR does not cover ${request.method} ${url.pathname}`)
      return true
    }
    try {
      await route[2]({ request, response, url, repository, reference })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      fail(response, 400, error.code === 'ImageTagAlreadyExistsException' ? 'TAG_INVALID' : 'DENIED', error.message)
    }
    return true
  }
}
