import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { demandUser, roleIn } from '../auth/principal.ts'
import { RegistryError } from '../errors.ts'
import { packageRoute } from './package-route.ts'
import { commitChange, lockForChange } from './write.ts'
import { ask } from '../shards/ask.ts'

const accessSchema = z.looseObject({ access: z.enum(['public', 'restricted']).optional() })

/** `npm access`. Teams, trusted publishers and staged publishes come later, and say so until then. */
export function accessRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  packageRoute(fastify, 'POST', '/-/package', '/access', async (name, request) => {
    const actor = await context.actor(request)
    const parsed = accessSchema.safeParse(request.body)
    if (!parsed.success) throw new RegistryError('BAD_REQUEST', 'expected {"access": "public" | "restricted"}')
    const { access } = parsed.data
    if (!access)
      throw new RegistryError('NOT_IMPLEMENTED', 'two-factor rules of packages are not supported by this registry')
    const revision = await registry.router.write(name, async (client, route) => {
      const pkg = await lockForChange(client, route, name, actor)
      if (pkg.access === access) return undefined
      await client.query(`update ${route.schema}.packages set access = $2 where name = $1`, [name, access])
      return commitChange(client, route, name, actor, 'access', { access })
    })
    if (revision !== undefined) await registry.changed(name, revision)
    return { ok: true }
  })

  /** `npm access list packages`: of an organisation the packages in its scope, of a user those that he owns. */
  const list = async (scope: string, owner: string | undefined) => {
    const { rows } = await ask<{ name: string }>(
      registry.home,
      `select name from registry.documents where document is not null and
         (($1::text is not null and split_part(name, '/', 1) = $1)
          or ($2::text is not null and exists (select 1 from jsonb_array_elements(document -> 'maintainers') m where m ->> 'name' = $2)))
       order by name limit 10000`,
      [owner === undefined ? scope : null, owner ?? null],
    )
    return rows.map(({ name }) => name)
  }
  fastify.get<{ Params: { scope: string } }>('/-/org/:scope/package', async (request) => {
    const principal = demandUser(await context.principal(request))
    const scope = `@${request.params.scope.replace(/^@/, '')}`
    const role = roleIn(principal, scope)
    if (role === 0) throw new RegistryError('NOT_FOUND', `there is no scope ${scope.slice(0, 80)}`)
    const names = await list(scope, undefined)
    if (names.length === 0) throw new RegistryError('NOT_FOUND', `there is no package in ${scope.slice(0, 80)}`)
    return Object.fromEntries(names.map((name) => [name, role > 1 ? 'write' : 'read']))
  })
  fastify.get<{ Params: { user: string } }>('/-/user/:user/package', async (request) => {
    const principal = demandUser(await context.principal(request))
    const { user } = request.params
    if (user !== principal.user && roleIn(principal, undefined) === 0)
      throw new RegistryError('FORBIDDEN', 'these are not your packages')
    return Object.fromEntries((await list('', user)).map((name) => [name, 'write']))
  })

  const later = async () => {
    throw new RegistryError(
      'NOT_IMPLEMENTED',
      'teams, organisations, trusted publishers and staged publishing are not supported by this registry yet',
    )
  }
  for (const url of [
    '/-/org/*',
    '/-/team/*',
    '/-/stage',
    '/-/stage/*',
    '/-/npm/v1/oidc/*',
    '/-/npm/v1/hooks',
    '/-/npm/v1/hooks/*',
  ]) {
    fastify.route({ method: ['GET', 'PUT', 'POST', 'DELETE'], url, handler: later })
  }
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    packageRoute(fastify, method, '/-/package', '/trust', later)
    packageRoute(fastify, method, '/-/package', '/trust/:tag', later)
  }
}
