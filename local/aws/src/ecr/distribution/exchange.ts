import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request of the distribution API. `reference` is a digest, a tag or the id of an upload. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly repository: string
  readonly reference: string
}

/** An answer in the shape of the distribution spec's errors. */
export function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ errors: [{ code, message }] }))
}

/** A part of an upload was taken. */
export function accepted({ response, repository }: Exchange, id: string, size: number): void {
  const location = `/v2/${repository}/blobs/uploads/${id}`
  const headers = { location, range: `0-${Math.max(0, size - 1)}`, 'docker-upload-uuid': id, 'content-length': '0' }
  response.writeHead(202, headers).end()
}

/** Something now stands under its digest. */
export function created({ response, repository }: Exchange, kind: 'blobs' | 'manifests', digest: string): void {
  const location = `/v2/${repository}/${kind}/${digest}`
  response.writeHead(201, { location, 'docker-content-digest': digest, 'content-length': '0' }).end()
}
