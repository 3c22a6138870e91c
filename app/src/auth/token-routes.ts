import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { RegistryError } from '../errors.ts'
import type { TokenRecord } from './token.ts'
import { demandMutation, demandUser } from './principal.ts'
import { createToken, revokeToken } from './tokens.ts'

/** What `npm token create` can ask for since its granular tokens; this registry's reach as far as their user. */
const limits: readonly string[] = ['packages', 'scopes', 'orgs', 'orgs_permission']

const newTokenSchema = z.looseObject({
  password: z.string().max(1024),
  readonly: z.boolean().default(false),
  cidr_whitelist: z.array(z.string()).max(50).default([]),
  /** `null` when nobody gave one. */
  name: z.string().max(200).nullish(),
  /** Days from now, as `npm token create --expires` sends it. */
  expires: z.coerce.number().int().min(1).max(3650).optional(),
  packages_and_scopes_permission: z.enum(['read-only', 'read-write', 'read-write-stage-only', 'no-access']).optional(),
})

/** What npm's profile has and this registry does not keep. npm sends all of them, empty, whatever it changes. */
const unkept: readonly string[] = ['fullname', 'homepage', 'github']

const profileSchema = z.looseObject({
  email: z.email().max(254).optional(),
  password: z.looseObject({ old: z.string().max(1024), new: z.string().min(8).max(1024) }).optional(),
})

/**
 * A token that may do more than was asked for would be a hole: what cannot be limited is not made.
 *
 * @throws RegistryError NOT_IMPLEMENTED
 */
function demandKnownLimits(asked: z.output<typeof newTokenSchema>): void {
  const unknown = limits.filter((name) => asked[name] !== undefined)
  const { packages_and_scopes_permission: permission } = asked
  if (permission === 'read-write-stage-only' || permission === 'no-access') unknown.push(`permission ${permission}`)
  if (unknown.length === 0) return
  throw new RegistryError(
    'NOT_IMPLEMENTED',
    `tokens limited by ${unknown.join(', ')} are not supported by this registry: make one that is read-only, or for a user with fewer roles`,
  )
}

/** `npm token` and `npm profile`. */
export function tokenRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context
  const { identities } = registry

  fastify.get('/-/npm/v1/tokens', async (request) => {
    const { user } = demandUser(await context.principal(request))
    const tokens = await identities.tokens(user)
    // `urls.next` must be absent: an empty one makes pnpm 12 turn pages for ever.
    // What the list shows has to be the token's beginning: by it `npm token revoke <token>` finds the token again.
    const objects = tokens.map((token) => describeToken(token, token.hint.split('...')[0] ?? ''))
    return { objects, total: tokens.length, urls: {} }
  })

  fastify.post('/-/npm/v1/tokens', async (request, reply) => {
    const { user } = demandMutation(await context.principal(request))
    const parsed = newTokenSchema.safeParse(request.body)
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', `the token is not usable: ${z.prettifyError(parsed.error)}`)
    demandKnownLimits(parsed.data)
    const { password, cidr_whitelist: ranges, name, expires } = parsed.data
    const readonly = parsed.data.readonly || parsed.data.packages_and_scopes_permission === 'read-only'
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
    const { email, password, tfa } = parsed.data
    const isGiven = (value: unknown) => value !== undefined && value !== null && value !== ''
    const wanted = unkept.filter((name) => isGiven(parsed.data[name]))
    if (isGiven(tfa)) wanted.push('two-factor authentication')
    if (wanted.length > 0) {
      throw new RegistryError(
        'NOT_IMPLEMENTED',
        `${wanted.join(', ')} of a profile: not supported by this registry, which keeps an email address and a password`,
      )
    }
    if (password) await context.byPassword(request, user, password.old)
    const change = { ...(email !== undefined && { email }), ...(password && { password: password.new }) }
    const action = password ? 'password-change' : 'profile-change'
    await identities.updateUser(user, change, () => ({ actor: user, action, subject: user, request }))
    if (password) await registry.sessions.closeAll(user)
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
