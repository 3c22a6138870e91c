import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Span } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Config } from '../config.ts'

/** Without an exporter the API's own tracer does nothing, at the cost of a function call. */
const tracer = () => trace.getTracer('registry')

/**
 * Sends traces by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT (or ..._TRACES_ENDPOINT) says where to; the exporter reads the rest of
 * the standard variables itself. The SDK is loaded only then.
 *
 * @returns what sends the rest and ends it; nothing when tracing is off
 */
export async function startTracing(config: Config): Promise<(() => Promise<void>) | undefined> {
  if (!isTraced(config)) return undefined
  const [{ TracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, hooks, resources, core] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/core'),
  ])
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': config.OTEL_SERVICE_NAME,
      'service.version': config.SLUICE_RELEASE_VERSION,
      'vcs.ref.head.revision': config.SLUICE_RELEASE_COMMIT,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  })
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return async () => {
    await provider.shutdown()
    trace.disable()
    context.disable()
    propagation.disable()
  }
}

export const isTraced = (config: Config): boolean =>
  (config.OTEL_EXPORTER_OTLP_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) !== undefined

/** Runs something in a span of its own, a child of the one that is going on; an error marks it and goes on. */
export async function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error))
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

const spans = new WeakMap<object, Span>()

/** One span a request that is routed, by the semantic conventions for HTTP servers; a caller's `traceparent` is taken up. */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions, id } = request
    const parent = propagation.extract(context.active(), request.headers)
    const route = routeOptions.url ?? 'none'
    const span = tracer().startSpan(
      `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': method, 'http.route': route, 'registry.request_id': id },
      },
      parent,
    )
    spans.set(request, span)
    context.with(trace.setSpan(parent, span), done)
  })
  fastify.addHook('onResponse', async (request, { statusCode }) => {
    const span = spans.get(request)
    span?.setAttribute('http.response.status_code', statusCode)
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
  })
}

type Query = (...words: unknown[]) => unknown

/** A span for every query, with its cluster and the shard's schema; never with what was asked or answered. */
export function tracePools(pools: readonly pg.Pool[]): void {
  for (const [cluster, pool] of pools.entries()) {
    const query = pool.query.bind(pool) as Query
    pool.query = traced(query, cluster) as typeof pool.query
    pool.on('connect', (client) => {
      const own = client.query.bind(client) as Query
      client.query = traced(own, cluster) as typeof client.query
    })
  }
}

function traced(query: Query, cluster: number): Query {
  return (...words) => {
    // Queries without a request (leases, the outbox) and the pool's own way with callbacks are left alone.
    if (trace.getActiveSpan() === undefined || typeof words.at(-1) === 'function') return query(...words)
    const [statement] = words
    const text = typeof statement === 'string' ? statement : String((statement as { text?: unknown })?.text ?? '')
    const schema = /\b(shard_\d+|registry)\./.exec(text)?.[1]
    const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'QUERY'
    return inSpan(
      `shard ${operation}`,
      {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'registry.cluster': cluster,
        ...(schema !== undefined && { 'db.namespace': schema }),
      },
      async () => query(...words),
    )
  }
}
