import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../app.ts'
import { RegistryError } from '../errors.ts'

const bulkSchema = z.record(z.string(), z.array(z.string()).max(10_000))

/**
 * `npm audit` and `audit signatures`. The registry knows no advisories of its own yet: its answer says nothing is known of these
 * packages, in the shape that clients expect, so an install does not fail on it.
 */
export function securityRoutes(fastify: FastifyInstance, context: Context): void {
  const { signer } = context.registry

  fastify.get('/-/npm/v1/keys', async (_request, reply) => {
    void reply.header('cache-control', 'public, max-age=3600')
    return { keys: signer ? [signer.publicKey] : [] }
  })

  fastify.post('/-/npm/v1/security/advisories/bulk', async (request) => {
    if (!bulkSchema.safeParse(request.body ?? {}).success) {
      throw new RegistryError('BAD_REQUEST', 'expected {"package": ["version", ...]}, found something else')
    }
    return {}
  })
}
