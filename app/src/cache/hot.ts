import type { IncomingMessage, ServerResponse } from 'node:http'
import { packumentKey } from '../packages/reader.ts'
import type { Coherence } from './coherence.ts'
import { chooseEncoding, chooseVariant, matchesEtag } from './negotiate.ts'
import type { CacheStore } from './store.ts'

export interface HotPathParts {
  readonly cache: CacheStore
  readonly coherence: Coherence
  readonly anonymousRead: boolean
  readonly baseOf: (request: IncomingMessage) => string
  readonly onAnswer: (status: number) => void
}

/** What precedes the negotiated part: a packument's key is made for each request, any other is whole. */
export const negotiated = ''

/**
 * Answers what needs no routing, no body and no database: public packages whose bytes are in memory, while the coherence lease
 * is valid. Everything else, and everything in doubt, is left to the routes.
 *
 * @returns whether the request has been answered
 */
export function hotPath({ cache, coherence, anonymousRead, baseOf, onAnswer }: HotPathParts) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== 'GET' || !anonymousRead) return false
    const target = cache.byUrl(request.url ?? '')
    if (!target || target.entry.access !== 'public' || !coherence.valid()) return false
    const { headers } = request
    const key =
      target.key === negotiated
        ? packumentKey(chooseVariant(headers.accept), chooseEncoding(headers['accept-encoding']), baseOf(request))
        : target.key
    const body = target.entry.bodies.get(key)
    if (!body) return false
    cache.hits += 1
    if (matchesEtag(headers['if-none-match'], body.etag)) {
      response.writeHead(304, body.notModified)
      response.end()
      onAnswer(304)
      return true
    }
    response.writeHead(200, body.headers)
    response.end(body.bytes)
    onAnswer(200)
    return true
  }
}
