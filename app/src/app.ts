import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import Fastify, { LogController } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { authenticate } from './auth/authenticate.ts'
import { demandMutation } from './auth/principal.ts'
import { identityRoutes } from './auth/routes.ts'
import { tokenRoutes } from './auth/token-routes.ts'
import { webLoginRoutes } from './auth/web-login.ts'
import { baseUrl } from './base-url.ts'
import { parseJsonBodies } from './body.ts'
import { hotPath } from './cache/hot.ts'
import type { Context } from './context.ts'
import { asRegistryError, problemOf, RegistryError } from './errors.ts'
import { healthRoutes } from './health/routes.ts'
import { openLimits } from './limits/limits.ts'
import { metricsRoutes } from './metrics/metrics.ts'
import type { RequestMetrics } from './metrics/metrics.ts'
import { accessRoutes } from './packages/access-routes.ts'
import { packageReadRoutes } from './packages/read-routes.ts'
import { securityRoutes } from './packages/security-routes.ts'
import { canonicalUrl } from './packages/url.ts'
import { packageWriteRoutes } from './packages/write-routes.ts'
import { componentRoutes } from './components/routes.ts'
import type { Registry } from './registry.ts'
import { searchRoutes } from './search/routes.ts'
import { isTraced, traceRequests } from './telemetry/tracing.ts'
import { sendErrorPage, wantsPage } from './web/error-page.ts'
import { webRoutes } from './web/routes.ts'

export interface App {
  readonly fastify: FastifyInstance
  /** Every route that is registered, as `METHOD /url`; HEAD goes with GET. */
  readonly routes: readonly string[]
  readonly server: Server
  /** From now on every answer closes its connection, and the service is not ready. */
  beginDraining(): void
}

/** How long a client may take, in milliseconds, and how often that is looked at. */
export interface Patience {
  readonly headersMs: number
  readonly requestMs: number
  readonly checkMs: number
}
const patience: Patience = { headersMs: 15_000, requestMs: 60_000, checkMs: 5000 }

/** Builds the service without listening. */
export function buildApp(registry: Registry, { headersMs, requestMs, checkMs } = patience): App {
  const { config, log } = registry
  let draining = false
  let metrics: RequestMetrics | undefined
  let port = config.PORT
  const limits = openLimits(config)
  const refuse = (request: IncomingMessage, response: ServerResponse, error: RegistryError) => {
    metrics?.refused()
    const body = JSON.stringify(problemOf(error, safeRequestId(request)))
    // Its body is not read: the connection cannot be used again.
    response.writeHead(error.status, {
      ...error.headers,
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      ...(request.method !== 'GET' && request.method !== 'HEAD' && { connection: 'close' }),
    })
    response.end(body)
  }
  const baseOf = baseUrl(config.PUBLIC_URL, () => port)
  const serveHot = hotPath({
    cache: registry.cache,
    coherence: registry.coherence,
    anonymousRead: config.REGISTRY_ANONYMOUS_READ,
    baseOf,
    onAnswer: (status) => metrics?.hot(status),
  })
  const fastify = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // How many proxies stand in front: an address that a client writes itself must not open a token's address range.
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXIES,
    genReqId: (request) => safeRequestId(request) ?? randomUUID(),
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/'),
    // A tarball travels as base64 in JSON: a third more, and the manifest beside it.
    bodyLimit: Math.ceil(config.MAX_TARBALL_BYTES * 1.4) + config.MAX_MANIFEST_BYTES * 4,
    routerOptions: { maxParamLength: 2000 },
    clientErrorHandler: answerBrokenRequest,
    return503OnClosing: false,
    forceCloseConnections: false,
    serverFactory: (handler) =>
      createServer(
        {
          requestTimeout: requestMs,
          headersTimeout: headersMs,
          connectionsCheckingInterval: checkMs,
          keepAliveTimeout: 65_000,
          maxHeaderSize: 16_384,
        },
        (request, response) => {
          const refusal = limits.refusalOf(request)
          if (refusal) return refuse(request, response, refusal)
          if (draining || !serveHot(request, response)) handler(request, response)
        },
      ),
  }) as unknown as FastifyInstance
  const routes: string[] = []
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.push(`${each} ${url}`)
  })
  parseJsonBodies(fastify)
  if (isTraced(config)) traceRequests(fastify)

  const byPassword: Context['byPassword'] = async ({ ip }, user, password) => {
    limits.beforePassword(ip)
    const principal = await registry.identities.byPassword(user, password)
    limits.passwordWasRight(ip)
    return principal
  }
  const context: Context = {
    registry,
    base: (request) => baseOf(request.raw),
    principal: (request) => authenticate(request, registry.identities, byPassword),
    byPassword,
    actor: async (request) => ({
      principal: demandMutation(await authenticate(request, registry.identities, byPassword)),
      requestId: request.id,
      address: request.ip,
    }),
  }

  fastify.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    if (draining) void reply.header('connection', 'close')
  })
  fastify.addHook('onResponse', async (request, reply) => {
    const { method, url, ip } = request
    const isRead = method === 'GET' || method === 'HEAD'
    const isLeaving = draining && url === '/health/ready'
    const level = reply.statusCode >= 500 && !isLeaving ? 'error' : isRead ? 'debug' : 'info'
    request.log[level](
      { method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime), address: ip },
      'answered',
    )
  })
  fastify.setErrorHandler((thrown, request, reply) => {
    const error = asRegistryError(thrown)
    if (error.status >= 500) request.log.error({ err: thrown }, 'failed')
    if (wantsPage(request)) return sendErrorPage(context, request, reply, error)
    return reply
      .code(error.status)
      .headers(error.headers)
      .type('application/problem+json')
      .send(problemOf(error, request.id))
  })
  fastify.setNotFoundHandler((request) => {
    throw new RegistryError('NOT_FOUND', `nothing answers ${request.method} ${request.url.slice(0, 200)}`)
  })

  metrics = metricsRoutes(fastify, registry)
  healthRoutes(fastify, registry, () => draining)
  identityRoutes(fastify, context)
  tokenRoutes(fastify, context)
  webLoginRoutes(fastify, context)
  searchRoutes(fastify, context)
  securityRoutes(fastify, context)
  accessRoutes(fastify, context)
  webRoutes(fastify, context)
  componentRoutes(fastify, context)
  packageReadRoutes(fastify, context)
  packageWriteRoutes(fastify, context)

  fastify.addHook('onListen', async () => {
    const address = fastify.server.address()
    if (address && typeof address === 'object') ({ port } = address)
  })
  return {
    fastify,
    routes,
    server: fastify.server,
    beginDraining: () => {
      draining = true
    },
  }
}

/** What is no HTTP, too large or too slow never becomes a request: it is answered on the connection, which ends. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || socket.destroyed) return
  const code =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'HEADERS_TOO_LARGE'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'TIMEOUT'
        : 'BAD_REQUEST'
  const refusal = new RegistryError(code)
  const body = JSON.stringify(problemOf(refusal))
  socket.end(
    `HTTP/1.1 ${refusal.status} ${refusal.title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** A caller's own request id is kept when it is one, so that its log and ours can be read together. */
function safeRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const id = headers['x-request-id']
  return typeof id === 'string' && /^[\w.:-]{8,128}$/.test(id) ? id : undefined
}
