import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { AwsError } from '../../endpoint/service.ts'
import type { BlobStore } from '../blob-store.ts'
import type { Manifest, Repositories } from '../repositories.ts'
import { created, fail, type Exchange } from './exchange.ts'

/** Manifests are small; the OCI distribution spec asks registries to take at least 4 MiB. */
const largestManifest = 4 * 1024 * 1024
const ociManifest = 'application/vnd.oci.image.manifest.v1+json'

/** Manifests by tag and digest, what refers to them, and the list of tags. */
export function manifestRoutes(repositories: Repositories, blobs: BlobStore) {
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

  return { getManifest, putManifest, deleteManifest, referrers, listTags }
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
