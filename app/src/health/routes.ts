import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { ask } from '../shards/ask.ts'

/** How long a cluster may take to say that it is there. */
const patienceMs = 2000

interface ClusterHealth {
  readonly cluster: number
  readonly reachable: boolean
}

/** A question that several probes ask at once is asked once. */
export function clusterProbe({ router }: Registry): () => Promise<ClusterHealth[]> {
  let running: Promise<ClusterHealth[]> | undefined
  return () => {
    running ??= Promise.all(
      router.pools.map(async (pool, cluster) => {
        const answered = ask(pool, 'select 1').then(
          () => true,
          () => false,
        )
        const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patienceMs).unref())
        return { cluster, reachable: await Promise.race([answered, late]) }
      }),
    ).finally(() => {
      running = undefined
    })
    return running
  }
}

/**
 * `live`: the process works. `ready`: it can serve at least some packages, and is not draining; one cluster that is down makes
 * its own packages unavailable, not the service.
 */
export function healthRoutes(fastify: FastifyInstance, registry: Registry, isDraining: () => boolean): void {
  const probe = clusterProbe(registry)
  const { SLUICE_RELEASE_VERSION: version, SLUICE_RELEASE_COMMIT: commit } = registry.config

  fastify.get('/health/live', async (_request, reply) => {
    void reply.header('cache-control', 'no-store')
    return { status: 'live', version, commit }
  })

  fastify.get('/health/ready', async (_request, reply) => {
    void reply.header('cache-control', 'no-store')
    // A state that somebody asked for, not a failure: nothing to write into the log of errors.
    if (isDraining()) return reply.code(503).send({ status: 'draining', version, commit })
    const clusters = await probe()
    if (!clusters.some(({ reachable }) => reachable)) throw new RegistryError('UNAVAILABLE', 'no database is reachable')
    return { status: 'ready', clusters, version, commit }
  })

  fastify.get('/health', async (_request, reply) => {
    void reply.header('cache-control', 'no-store')
    const clusters = await probe()
    const reachable = clusters.filter((cluster) => cluster.reachable).length
    const status = isDraining()
      ? 'draining'
      : reachable === clusters.length
        ? 'ok'
        : reachable > 0
          ? 'degraded'
          : 'down'
    return reply.code(status === 'down' ? 503 : 200).send({
      status,
      version,
      commit,
      clusters,
      coherent: registry.coherence.valid(),
      uptimeSeconds: Math.round(process.uptime()),
    })
  })
}
