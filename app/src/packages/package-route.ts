import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkName } from './names.ts'

export interface PackageParams {
  scope?: string
  name: string
  file?: string
  version?: string
  tag?: string
  rev?: string
}

type Handler = (
  name: string,
  request: FastifyRequest<{ Params: PackageParams; Querystring: Record<string, string | undefined> }>,
  reply: FastifyReply,
) => unknown

/**
 * Registers `prefix/NAME/suffix` for scoped and unscoped names. A name that no package can have is answered as a missing one
 * where something is read, and refused where something is written.
 */
export function packageRoute(
  fastify: FastifyInstance,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  prefix: string,
  suffix: string,
  handler: Handler,
): void {
  for (const name of ['/:name', '/:scope(^@[^/]+)/:name']) {
    fastify.route<{ Params: PackageParams; Querystring: Record<string, string | undefined> }>({
      method,
      url: `${prefix}${name}${suffix}`,
      handler: async (request, reply) => {
        const { scope, name: bare } = request.params
        return handler(checkName(scope ? `${scope}/${bare}` : bare), request, reply)
      },
    })
  }
}
