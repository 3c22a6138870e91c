import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { RegistryError } from '../errors.ts'
import { mayBeOld } from '../cache/may-be-old.ts'
import { openAdvisories } from './advisories.ts'

const bulkSchema = z.record(z.string(), z.array(z.string()).max(10_000))

/**
 * `npm audit` and `audit signatures`. Advisories come from a dated snapshot, so an audit works without a network; what it does
 * not know it does not report, and the answer says of which day it is.
 */
export function securityRoutes(fastify: FastifyInstance, context: Context): void {
  const { signer, config } = context.registry
  const advisories = openAdvisories(config.ADVISORIES)

  fastify.get('/-/npm/v1/keys', async (_request, reply) => {
    void reply.header('cache-control', mayBeOld)
    return { keys: signer ? [signer.publicKey] : [] }
  })

  fastify.post('/-/npm/v1/security/advisories/bulk', async (request, reply) => {
    const parsed = bulkSchema.safeParse(request.body ?? {})
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', 'expected {"package": ["version", ...]}, found something else')
    void reply.header('x-advisories-date', advisories.date)
    return advisories.of(parsed.data)
  })
}
