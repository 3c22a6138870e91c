import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { appendStream, type BlobStore } from '../blob-store.ts'
import { accepted, created, fail, type Exchange } from './exchange.ts'

/** Blobs: read in ranges, mounted, uploaded at once or in pieces. */
export function blobRoutes(blobs: BlobStore, uploads: string) {
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

  return { blob, beginUpload, continueUpload, endUpload }
}
