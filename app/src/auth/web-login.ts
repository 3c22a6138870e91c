import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Context } from '../context.ts'
import { RegistryError } from '../errors.ts'
import { hashToken } from './token.ts'
import { ask } from '../shards/ask.ts'

const minutesToSignIn = 10

/**
 * `npm login` in its own words: the client asks for a page and a place to wait, opens the page, and polls the place until somebody
 * has signed in there. The page's id and the place's secret are different, so seeing one does not give the other.
 */
export function webLoginRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context
  const { home, identities } = registry

  fastify.post('/-/v1/login', async (request) => {
    const id = randomBytes(16).toString('base64url')
    const secret = randomBytes(32).toString('base64url')
    await home.query(`delete from registry.logins where created < now() - interval '${minutesToSignIn} minutes'`)
    await home.query('insert into registry.logins (id, secret) values ($1, $2)', [id, hashToken(secret)])
    const base = context.base(request)
    return { loginUrl: `${base}/-/web/login?for=${id}`, doneUrl: `${base}/-/v1/done/${secret}` }
  })

  fastify.get<{ Params: { secret: string } }>('/-/v1/done/:secret', async (request, reply) => {
    const { rows } = await ask<{ user_name: string | null }>(
      home,
      `select user_name from registry.logins where secret = $1 and created > now() - interval '${minutesToSignIn} minutes'`,
      [hashToken(request.params.secret)],
    )
    const [login] = rows
    if (!login) throw new RegistryError('NOT_FOUND', 'this sign-in has expired: start again')
    if (login.user_name === null) return reply.code(202).header('retry-after', '1').send({})
    // Whoever deletes the row gets the token: a second poll finds nothing.
    const { rowCount } = await home.query('delete from registry.logins where secret = $1', [
      hashToken(request.params.secret),
    ])
    if (rowCount !== 1) throw new RegistryError('NOT_FOUND', 'this sign-in has been used: start again')
    const actor = login.user_name
    const { token } = await identities.issueToken(actor, { label: 'npm login (web)' }, ({ key }) => ({
      actor,
      action: 'login',
      subject: key,
      request,
    }))
    return { token }
  })
}

/** Tells the waiting client who has signed in. @throws RegistryError NOT_FOUND when nobody waits (any more) */
export async function approveLogin(home: pg.Pool, id: string, user: string): Promise<void> {
  const { rowCount } = await home.query(
    `update registry.logins set user_name = $2
     where id = $1 and user_name is null and created > now() - interval '${minutesToSignIn} minutes'`,
    [id, user],
  )
  if (rowCount !== 1) throw new RegistryError('NOT_FOUND', 'this sign-in has expired or was used: run npm login again')
}
