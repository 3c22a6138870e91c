import { createHash, randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { AwsError } from '../endpoint/service.ts'
import { appendStream, type BlobStore } from './blob-store.ts'
import type { Manifest, Repositories } from './repositories.ts'

/** Manifests are small; the OCI distribution spec asks registries to take at least 4 MiB. */
const largestManifest = 4 * 1024 * 1024
const ociManifest = 'application/vnd.oci.image.manifest.v1+json'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly repository: string
  readonly reference: string
}

/**
 * The OCI distribution API (opencontainers/distribution-spec 1.1) on ECR's repositories. Basic authentication with the user AWS is
 * asked for, as ECR does; any password will do on loopback.
 */
export function createDistribution(options: { repositories: Repositories; blobs: BlobStore; stateFolder: string }) {
  const { repositories, blobs } = options
  const uploads = join(options.stateFolder, 'uploads')
  const sizes = new Map<string, number>()

  const blob = async ({ request, response, reference }: Exchange) => {
    const size = await blobs.size(reference)
    if (size == null) return fail(response, 404, 'BLOB_UNKNOWN', `no blob ${reference}`)
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    const start = Number(range?.[1] ?? 0)
    const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1
    if (range && start > end) {
      response.setHeader('content-range', `bytes */${size}`)
      return fail(response, 416, 'UNSUPPORTED', `the blob has ${size} bytes`)
    }
    response.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': end - start + 1,
      'docker-content-digest': reference,
      'accept-ranges': 'bytes',
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    })
    if (request.method === 'HEAD' || size === 0) return response.end()
    return blobs.stream(reference, { start, end }).pipe(response)
  }

  const beginUpload = async (exchange: Exchange) => {
    const { request, url } = exchange
    const mount = url.searchParams.get('mount')
    if (mount != null && (await blobs.size(mount)) != null) return created(exchange, 'blobs', mount)
    const id = randomUUID()
    await mkdir(uploads, { recursive: true })
    const digest = url.searchParams.get('digest')
    const size = await appendStream(request, join(uploads, id))
    if (digest != null) return finish(exchange, id, digest)
    sizes.set(id, size)
    return accepted(exchange, id, size)
  }
  const continueUpload = async (exchange: Exchange) => {
    const { request, response, reference: id } = exchange
    if (!sizes.has(id)) return fail(response, 404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${id}`)
    const have = sizes.get(id) ?? 0
    const from = /^(?:bytes )?(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1]
    if (from != null && Number(from) !== have) {
      request.resume()
      return fail(response, 416, 'BLOB_UPLOAD_INVALID', `expected the bytes from ${have} on, found those from ${from}`)
    }
    const size = have + (await appendStream(request, join(uploads, id)))
    sizes.set(id, size)
    return accepted(exchange, id, size)
  }
  const endUpload = async (exchange: Exchange) => {
    const { request, response, url, reference: id } = exchange
    const digest = url.searchParams.get('digest')
    if (!sizes.has(id)) return fail(response, 404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${id}`)
    if (digest == null) return fail(response, 400, 'DIGEST_INVALID', 'expected ?digest=sha256:…, found none')
    await appendStream(request, join(uploads, id))
    return finish(exchange, id, digest)
  }
  const finish = async (exchange: Exchange, id: string, digest: string) => {
    sizes.delete(id)
    try {
      await blobs.adopt(join(uploads, id), digest)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return fail(exchange.response, 400, 'DIGEST_INVALID', error.message)
    }
    return created(exchange, 'blobs', digest)
  }

  const getManifest = async ({ request, response, repository, reference }: Exchange) => {
    const digest = repositories.resolve(repository, reference)
    if (digest == null) return fail(response, 404, 'MANIFEST_UNKNOWN', `no image ${repository}:${reference}`)
    const bytes = await blobs.read(digest)
    const mediaType = repositories.get(repository).images[digest]?.mediaType ?? ociManifest
    response.writeHead(200, {
      'content-type': mediaType,
      'content-length': bytes.length,
      'docker-content-digest': digest,
    })
    return response.end(request.method === 'HEAD' ? undefined : bytes)
  }
  const putManifest = async (exchange: Exchange) => {
    const { request, response, repository, reference } = exchange
    const bytes = await readManifest(request)
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    const isDigest = reference.startsWith('sha256:')
    if (isDigest && found !== reference) {
      return fail(response, 400, 'DIGEST_INVALID', `expected content with the digest ${reference}, found ${found}`)
    }
    const manifest = parseManifest(bytes)
    if (!manifest) return fail(response, 400, 'MANIFEST_INVALID', 'expected a manifest in JSON')
    for (const part of [manifest.config, ...(manifest.layers ?? [])]) {
      if (part && (await blobs.size(part.digest)) == null) {
        return fail(response, 400, 'MANIFEST_BLOB_UNKNOWN', `the manifest names ${part.digest}, which was not pushed`)
      }
    }
    const mediaType = request.headers['content-type'] ?? manifest.mediaType ?? ociManifest
    const digest = await repositories.putManifest(repository, bytes, mediaType, isDigest ? undefined : reference)
    if (manifest.subject) response.setHeader('OCI-Subject', manifest.subject.digest)
    return created(exchange, 'manifests', digest)
  }
  const deleteManifest = ({ response, repository, reference }: Exchange) => {
    const { images, tags } = repositories.get(repository)
    const digest = repositories.resolve(repository, reference)
    if (digest == null) return fail(response, 404, 'MANIFEST_UNKNOWN', `no image ${repository}:${reference}`)
    const byTag = !reference.startsWith('sha256:')
    repositories.update(repository, {
      tags: Object.fromEntries(
        Object.entries(tags).filter(([tag, one]) => (byTag ? tag !== reference : one !== digest)),
      ),
      images: byTag ? images : Object.fromEntries(Object.entries(images).filter(([one]) => one !== digest)),
    })
    return response.writeHead(202, { 'content-length': '0' }).end()
  }
  const referrers = ({ response, repository, reference }: Exchange) => {
    const manifests = Object.entries(repositories.get(repository).images)
      .filter(([, { subject }]) => subject === reference)
      .map(([digest, { mediaType, size, artifactType }]) => ({
        digest,
        mediaType,
        size,
        ...(artifactType ? { artifactType } : {}),
      }))
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }
    return response.writeHead(200, { 'content-type': index.mediaType }).end(JSON.stringify(index))
  }
  const listTags = ({ response, repository }: Exchange) => {
    const tags = Object.keys(repositories.get(repository).tags).sort()
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ name: repository, tags }))
  }

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

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ errors: [{ code, message }] }))
}

function accepted({ response, repository }: Exchange, id: string, size: number): void {
  const location = `/v2/${repository}/blobs/uploads/${id}`
  const headers = { location, range: `0-${Math.max(0, size - 1)}`, 'docker-upload-uuid': id, 'content-length': '0' }
  response.writeHead(202, headers).end()
}

function created({ response, repository }: Exchange, kind: 'blobs' | 'manifests', digest: string): void {
  const location = `/v2/${repository}/${kind}/${digest}`
  response.writeHead(201, { location, 'docker-content-digest': digest, 'content-length': '0' }).end()
}

/** `undefined` for what is no JSON object. */
function parseManifest(bytes: Buffer): Manifest | undefined {
  try {
    const parsed = JSON.parse(bytes.toString('utf8')) as Manifest | null
    return typeof parsed === 'object' && parsed != null ? parsed : undefined
  } catch {
    return undefined
  }
}

async function readManifest(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestManifest) throw new AwsError('InvalidParameterException', 'a manifest may have 4 MiB at most')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
