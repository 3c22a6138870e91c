import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '@sluice/core/failure'
import type { Hub, TokenGrant } from '../hub.ts'
import { ApiError } from './routes/route.ts'
import { routes } from './routes/routes.ts'

const largestBody = 8 * 1024 * 1024
const ranks = ['none', 'read', 'write']

/** The API, the OIDC token endpoint and the keys, on one port of loopback. */
export async function startApi(port: number): Promise<{ url: string; serve(hub: Hub): void; close(): Promise<void> }> {
  let hub: Hub | undefined
  const server = createServer((request, response) => {
    const serving = hub ? answer(hub, request, response) : Promise.reject(new ApiError(503, 'starting'))
    void serving.catch((error: unknown) => {
      const status = error instanceof ApiError ? error.status : error instanceof ConfigurationError ? 422 : 500
      send(response, status, { message: (error as Error).message, documentation_url: '' })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (one) => (hub = one),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(hub: Hub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', hub.url)
  if (url.pathname === '/.well-known/jwks') return send(response, 200, await hub.issuer.keys())
  const grant = grantOf(hub, request)
  if (url.pathname === '/oidc/token') {
    if (!grant?.claims) throw new ApiError(401, 'this job has no permission id-token: write')
    const value = await hub.issuer.sign(
      grant.claims,
      url.searchParams.get('audience') ?? `https://github.com/${hub.options.owner}`,
    )
    return send(response, 200, { value })
  }
  const prefix = `/repos/${hub.fullName}`
  if (!url.pathname.startsWith(prefix)) throw unsupported(request, url)
  if (!grant) throw new ApiError(401, 'Bad credentials')
  const path = url.pathname.slice(prefix.length)
  const body = await readBody(request)
  for (const route of routes) {
    const match = route.method === request.method ? route.path.exec(path) : null
    if (!match) continue
    const [scope = '', level = ''] = route.permission.split(':')
    const held = scope === 'metadata' ? 'read' : (grant.permissions[scope] ?? 'none')
    if (ranks.indexOf(held) < ranks.indexOf(level)) {
      throw new ApiError(403, `Resource not accessible by integration: the token has no ${scope}: ${level}`)
    }
    const parts = match.slice(1).map(decodeURIComponent)
    const result = await route.answer({ hub, grant, query: url.searchParams, body, parts })
    return send(response, result.status ?? 200, result.body, result.headers)
  }
  throw unsupported(request, url)
}

function unsupported(request: IncomingMessage, url: URL): ApiError {
  return new ApiError(501, `sluice's local GitHub does not cover ${request.method} ${url.pathname}`)
}

function grantOf(hub: Hub, request: IncomingMessage): TokenGrant | undefined {
  const token = request.headers.authorization?.replace(/^(bearer|token) /i, '')
  return token == null ? undefined : hub.tokens.get(token)
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) throw new ApiError(413, 'the request is larger than 8 MiB')
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
