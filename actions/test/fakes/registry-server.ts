import { createHash } from 'node:crypto'
import { serve } from './http-server.ts'

/** A registry in memory that checks digests, as registries do. */
export interface FakeRegistry {
  readonly host: string
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, Buffer>
  /** Method and path of every request. */
  readonly requests: string[]
  /** Answers the next that many requests with 503. */
  outage: number
}

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export async function fakeRegistry(authorization: string): Promise<FakeRegistry> {
  const registry = {
    host: '',
    blobs: new Map<string, Buffer>(),
    manifests: new Map<string, Buffer>(),
    requests: [] as string[],
    outage: 0,
  }
  const origin = await serve(({ method, path, query, headers, bytes }) => {
    registry.requests.push(`${method} ${path}`)
    if (registry.outage > 0) {
      registry.outage -= 1
      return { status: 503 }
    }
    if (headers.authorization !== authorization)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="ecr"' } }
    const [, , kind = '', reference = ''] = /^\/v2\/([^/]+)\/(blobs|manifests)\/(.+)$/.exec(path) ?? []
    if (kind === 'blobs' && method === 'POST')
      return { status: 202, headers: { location: `/v2/web/blobs/uploads/1?state=x` } }
    if (kind === 'blobs' && method === 'PUT') {
      if (sha256(bytes) !== query.get('digest')) return { status: 400, body: { errors: [{ code: 'DIGEST_INVALID' }] } }
      registry.blobs.set(sha256(bytes), bytes)
      return { status: 201 }
    }
    if (kind === 'blobs') {
      const blob = registry.blobs.get(reference)
      return blob ? { status: 200, body: method === 'HEAD' ? undefined : blob } : { status: 404 }
    }
    if (method === 'PUT') {
      const { config, layers } = JSON.parse(bytes.toString()) as {
        config: { digest: string }
        layers: Array<{ digest: string }>
      }
      const missing = [config, ...layers].filter(({ digest }) => !registry.blobs.has(digest))
      if (missing.length > 0) return { status: 400, body: { errors: [{ code: 'MANIFEST_BLOB_UNKNOWN' }] } }
      registry.manifests.set(reference, bytes)
      registry.manifests.set(sha256(bytes), bytes)
      return { status: 201 }
    }
    const manifest = registry.manifests.get(reference)
    if (!manifest) return { status: 404 }
    return {
      status: 200,
      headers: { 'docker-content-digest': sha256(manifest) },
      body: method === 'HEAD' ? undefined : manifest,
    }
  })
  registry.host = new URL(origin).host
  return registry
}
