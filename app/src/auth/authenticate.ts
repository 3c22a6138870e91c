import type { FastifyRequest } from 'fastify'
import { RegistryError } from '../errors.ts'
import type { Identities } from './identities.ts'
import type { Principal } from './principal.ts'

/**
 * Who sends this request: a bearer token, Basic with user and password (npm's `_auth`), or Basic with a token as password.
 *
 * @throws RegistryError for credentials that are there and wrong: they are never taken for an anonymous request.
 */
export async function authenticate(
  request: FastifyRequest,
  identities: Identities,
  byPassword: (request: FastifyRequest, user: string, password: string) => Promise<Principal>,
): Promise<Principal | undefined> {
  const { authorization } = request.headers
  if (!authorization) return undefined
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S.*)$/.exec(authorization) ?? []
  if (/^bearer$/i.test(scheme)) return identities.byToken(value.trim(), request.ip)
  if (/^basic$/i.test(scheme)) {
    const decoded = Buffer.from(value, 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    if (colon > 0) {
      const password = decoded.slice(colon + 1)
      if (password.startsWith('slu_')) return identities.byToken(password, request.ip)
      return byPassword(request, decoded.slice(0, colon), password)
    }
  }
  throw new RegistryError('UNAUTHENTICATED', 'expected "Authorization: Bearer <token>", found something else')
}
