import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../app.ts'
import { RegistryError } from '../errors.ts'
import { audit } from './audit.ts'
import type { TokenRecord } from './identities.ts'
import { demandMutation, demandUser } from './principal.ts'
import { createToken, revokeToken } from './tokens.ts'

const newTokenSchema = z.looseObject({
  password: z.string().max(1024),
  readonly: z.boolean().default(false),
  cidr_whitelist: z.array(z.string()).max(50).default([]),
  name: z.string().max(200).optional(),
  /** Days from now, as `npm token create --expires` sends it. */
  expires: z.coerce.number().int().min(1).max(3650).optional(),
})

const profileSchema = z.looseObject({
  email: z.email().max(254).optional(),
  password: z.looseObject({ old: z.string().max(1024), new: z.string().min(8).max(1024) }).optional(),
})

/** `npm token` and `npm profile`. */
export function tokenRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context
  const { identities, home } = registry

  fastify.get('/-/npm/v1/tokens', async (request) => {
    const { user } = demandUser(await context.principal(request))
    const tokens = await identities.tokens(user)
    // `urls.next` must be absent: an empty one makes pnpm 12 turn pages for ever.
    return { objects: tokens.map((token) => describeToken(token, token.hint)), total: tokens.length, urls: {} }
  })

  fastify.post('/-/npm/v1/tokens', async (request, reply) => {
    const { user } = demandMutation(await context.principal(request))
    const parsed = newTokenSchema.safeParse(request.body)
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', `the token is not usable: ${z.prettifyError(parsed.error)}`)
    const { password, readonly, cidr_whitelist: ranges, name, expires } = parsed.data
    // Somebody who found a token must not be able to make more of them.
    await context.byPassword(request, user, password)
    const wish = { label: name ?? '', readonly, ranges, days: expires }
    const { token, record } = await createToken(registry, user, wish, request)
    return reply.code(201).send(describeToken(record, token))
  })

  fastify.delete<{ Params: { key: string } }>('/-/npm/v1/tokens/token/:key', async (request, reply) => {
    const { user } = demandMutation(await context.principal(request))
    await revokeToken(registry, user, request.params.key, request)
    return reply.code(204).send()
  })

  fastify.get('/-/npm/v1/user', async (request) => {
    const { user } = demandUser(await context.principal(request))
    return profileOf(await identities.findUser(user))
  })

  fastify.post('/-/npm/v1/user', async (request) => {
    const { user } = demandMutation(await context.principal(request))
    const parsed = profileSchema.safeParse(request.body)
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', `the profile is not usable: ${z.prettifyError(parsed.error)}`)
    const { email, password } = parsed.data
    if (password) await context.byPassword(request, user, password.old)
    await identities.updateUser(user, {
      ...(email !== undefined && { email }),
      ...(password && { password: password.new }),
    })
    if (password) await registry.sessions.closeAll(user)
    await audit(home, { actor: user, action: password ? 'password-change' : 'profile-change', subject: user, request })
    return profileOf(await identities.findUser(user))
  })
}

function describeToken(record: TokenRecord, token: string) {
  const { key, label, readonly, cidr, created, expires } = record
  return {
    key,
    token,
    id: key,
    name: label,
    created: created.toISOString(),
    readonly,
    cidr_whitelist: cidr.length > 0 ? cidr : null,
    expires: expires?.toISOString() ?? null,
  }
}

function profileOf(user: { name: string; email: string; created: Date; updated: Date } | undefined) {
  if (!user) throw new RegistryError('NOT_FOUND', 'the user is gone')
  return {
    tfa: null,
    name: user.name,
    email: user.email,
    email_verified: false,
    created: user.created.toISOString(),
    updated: user.updated.toISOString(),
    cidr_whitelist: null,
    fullname: '',
  }
}
