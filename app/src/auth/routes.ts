import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { RegistryError } from '../errors.ts'
import { demandUser } from './principal.ts'
import type { Role } from './principal.ts'

const userName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected lower case letters, digits, dots and dashes')
const couchUser = z.looseObject({
  name: userName,
  password: z.string().min(1).max(1024),
  email: z.string().max(254).optional(),
})

/** What somebody who registers without an administrator may do: read, and publish below a scope of the same name. */
export function grantsOf(registration: 'own-scope' | 'publish', name: string): Record<string, Role> {
  return registration === 'publish' ? { '*': 'publish' } : { '*': 'read', [`@${name}`]: 'publish' }
}

/** ping, whoami and the login of CouchDB's shape that every client falls back to. */
export function identityRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context
  const { identities, config } = registry

  fastify.get('/-/ping', async () => ({}))

  fastify.get('/-/whoami', async (request) => ({ username: demandUser(await context.principal(request)).user }))

  /** Signs in, or registers where that is allowed: `npm login --auth-type=legacy` and `npm adduser` send the same. */
  fastify.put<{ Params: { id: string } }>('/-/user/:id', async (request, reply) => {
    const parsed = couchUser.safeParse(request.body)
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', `the user is not usable: ${z.prettifyError(parsed.error)}`)
    const { name, password, email = '' } = parsed.data
    if (request.params.id !== `org.couchdb.user:${name}`)
      throw new RegistryError('BAD_REQUEST', `the path names another user than ${name}`)

    const known = await identities.findUser(name)
    if (known) {
      await context.byPassword(request, name, password)
    } else {
      const { REGISTRY_SELF_REGISTRATION: registration } = config
      if (registration === 'closed') {
        throw new RegistryError(
          'REGISTRATION_CLOSED',
          `there is no user ${name}, and users are made by an administrator here`,
        )
      }
      if (password.length < 8) throw new RegistryError('BAD_REQUEST', 'expected a password of at least 8 characters')
      const made = await identities.createUser(name, email, password, grantsOf(registration, name), (isMade) =>
        isMade ? { actor: name, action: 'register', subject: name, request } : undefined,
      )
      if (!made) {
        throw new RegistryError('USER_EXISTS', `the user ${name} has just been made: sign in`)
      }
    }
    const { token } = await identities.issueToken(name, { label: 'npm login' }, () => ({
      actor: name,
      action: 'login',
      subject: name,
      request,
    }))
    return reply
      .code(201)
      .send({ ok: `you are authenticated as '${name}'`, id: `org.couchdb.user:${name}`, rev: '1-0', token })
  })

  fastify.get<{ Params: { id: string } }>('/-/user/:id', async (request) => {
    const asking = demandUser(await context.principal(request))
    const name = request.params.id.replace(/^org\.couchdb\.user:/, '')
    const user = await identities.findUser(name)
    if (!user) throw new RegistryError('NOT_FOUND', `there is no user ${name.slice(0, 80)}`)
    return {
      _id: `org.couchdb.user:${name}`,
      _rev: '1-0',
      name,
      email: user.email,
      type: 'user',
      roles: [],
      self: asking.user === name,
    }
  })

  fastify.delete<{ Params: { token: string } }>('/-/user/token/:token', async (request) => {
    const { user } = demandUser(await context.principal(request))
    const key = await identities.revoke(user, request.params.token, (subject) =>
      subject === undefined ? undefined : { actor: user, action: 'logout', subject, request },
    )
    if (!key) throw new RegistryError('NOT_FOUND', 'there is no such token')
    return { ok: true }
  })
}
