import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { demandUser } from '../auth/principal.ts'
import { readComponent } from '../components/read.ts'
import { RegistryError } from '../errors.ts'
import { packageRoute } from '../packages/package-route.ts'
import { readable, resolveVersion } from '../packages/read-routes.ts'
import { adminPages } from './admin-pages.ts'
import { packageBody } from './package-page.ts'
import type { View } from './package-views.ts'
import { sendPage } from './page.ts'
import { peoplePages } from './people-page.ts'
import { publishersOf } from './publishers.ts'
import { pageSize, searchBody, searchTitle } from './search-page.ts'
import { signInRoutes } from './sign-in-page.ts'
import { tokenPages } from './tokens-page.ts'
import { visitorOf } from './visitor.ts'

const views: readonly string[] = ['readme', 'versions', 'dependencies', 'source'] satisfies View[]

const startOf = (text: string | undefined): number =>
  Math.max(0, Math.min(100_000, Number.parseInt(text ?? '0', 10) || 0))

/** Pages for people. They render from the protocols' own models and ask for the same permissions. */
export function webRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  fastify.get('/', async (_request, reply) => reply.redirect('/-/web/'))

  fastify.get<{ Querystring: { q?: string; from?: string } }>('/-/web/', async (request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    if (!registry.config.REGISTRY_ANONYMOUS_READ) demandUser(visitor.principal)
    const text = (request.query.q ?? '').slice(0, 500).trim()
    const from = startOf(request.query.from)
    const found = await registry.search.search({ text, from, size: pageSize, principal: visitor.principal })
    return sendPage(reply, visitor, {
      title: text === '' ? 'Registry' : searchTitle(text),
      search: text,
      body: searchBody(text, from, found, context.base(request)),
    })
  })

  packageRoute(fastify, 'GET', '/-/web/package', '', async (name, request, reply) => {
    const visitor = await visitorOf(context, request, reply)
    const pkg = await readable(context, request, name, visitor.principal)
    const { view = 'readme', version: wanted } = request.query
    const version = wanted === undefined ? pkg.versions.find((each) => each.version === pkg.tags['latest']) : undefined
    const shown = version ?? (wanted === undefined ? pkg.versions.at(-1) : resolveVersion(pkg, wanted))
    if (!shown) throw new RegistryError('VERSION_NOT_FOUND', `${name} has no version`)
    const current = views.includes(view) ? (view as View) : 'readme'
    const item = current === 'source' ? await readComponent(registry.router, name, shown.version) : null
    const body = packageBody({
      pkg,
      version: shown,
      view: current,
      base: context.base(request),
      item,
      publishers: visitor.principal && (await publishersOf(registry.home, pkg)),
      from: startOf(request.query['from']),
    })
    return sendPage(reply, visitor, { title: name, body })
  })

  signInRoutes(fastify, context)
  tokenPages(fastify, context)
  adminPages(fastify, context)
  peoplePages(fastify, context)
}
