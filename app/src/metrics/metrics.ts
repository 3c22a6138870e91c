import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry as Metrics } from 'prom-client'
import type { Registry } from '../registry.ts'

export interface RequestMetrics {
  /** An answer from memory without routing: counted alone, because a histogram would cost more than the answer. */
  hot(status: number): void
  /** A request that came too soon, and was not looked at. */
  refused(): void
}

/** `/metrics` for Prometheus: requests, cache, shards, the process itself; every series carries the release. */
export function metricsRoutes(fastify: FastifyInstance, registry: Registry): RequestMetrics {
  const { cache, coherence, router, search, config } = registry
  const metrics = new Metrics()
  metrics.setDefaultLabels({ version: config.SLUICE_RELEASE_VERSION, commit: config.SLUICE_RELEASE_COMMIT })
  collectDefaultMetrics({ register: metrics })
  const registers = [metrics]

  const hot = { 200: 0, 304: 0 }
  const requests = new Counter({
    name: 'registry_requests_total',
    help: 'Answers by route and status; route "memory" is the path without routing.',
    labelNames: ['route', 'method', 'status'],
    registers,
    collect() {
      for (const status of [200, 304] as const) {
        this.inc({ route: 'memory', method: 'GET', status }, hot[status])
        hot[status] = 0
      }
    },
  })
  const refusals = new Counter({
    name: 'registry_requests_refused_total',
    help: 'Requests that were answered with 429 before anything was done for them.',
    registers,
  })
  const durations = new Histogram({
    name: 'registry_request_duration_seconds',
    help: 'Duration of routed requests.',
    labelNames: ['route', 'method'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const connections = (of: 'totalCount' | 'waitingCount') => router.pools.reduce((sum, pool) => sum + pool[of], 0)
  gauge('registry_cache_bytes', 'Bytes of prebuilt answers in memory.', () => cache.bytes)
  gauge('registry_cache_entries', 'Packages with prebuilt answers in memory.', () => cache.size)
  gauge('registry_cache_hits', 'Reads answered from memory since the start.', () => cache.hits)
  gauge('registry_cache_misses', 'Reads that asked a shard since the start.', () => cache.misses)
  gauge('registry_coherent', '1 while this process may answer from memory.', () => Number(coherence.valid()))
  gauge('registry_search_packages', 'Packages that the search knows.', () => search.size)
  gauge('registry_database_connections', 'Open database connections.', () => connections('totalCount'))
  gauge('registry_database_waiting', 'Requests that wait for a database connection.', () => connections('waitingCount'))

  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    requests.inc({ route, method: request.method, status: reply.statusCode })
    durations.observe({ route, method: request.method }, reply.elapsedTime / 1000)
  })
  fastify.get('/metrics', async (_request, reply) => {
    void reply.type(metrics.contentType).header('cache-control', 'no-store')
    return metrics.metrics()
  })
  return {
    refused: () => refusals.inc(),
    hot: (status) => {
      if (status === 304) hot[304] += 1
      else hot[200] += 1
    },
  }
}
