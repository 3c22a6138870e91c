import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { demandUser } from '../auth/principal.ts'
import type { Body } from '../cache/store.ts'
import { RegistryError } from '../errors.ts'
import { readPackage } from '../packages/model.ts'
import type { PackageModel, VersionModel } from '../packages/model.ts'
import { checkName } from '../packages/names.ts'
import { demandReadable, findVersion, resolveVersion, sendBody } from '../packages/read-routes.ts'
import type { SearchDocument } from '../search/document.ts'
import { readComponent } from './read.ts'
import { mayBeOld } from '../cache/may-be-old.ts'
import { emptyColors, renderItem } from './render.ts'

const listSchema = z.object({
  q: z.string().max(500).default(''),
  type: z.string().max(500).optional(),
  // Whoever searches several registries at once asks each for everything up to the page's end: the answer says what it gave.
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .transform((limit) => Math.min(limit, 1000)),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})

/** shadcn's protocol: `/r/{name}.json`, `/r/{name}@{version, range or tag}.json`, `/r/registry.json` and what the CLI asks beside them. */
export function componentRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  const list = async (request: FastifyRequest, scope: string | undefined) => {
    const parsed = listSchema.safeParse(request.query)
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', `the search is not usable: ${z.prettifyError(parsed.error)}`)
    const principal = await context.principal(request)
    if (!registry.config.REGISTRY_ANONYMOUS_READ) demandUser(principal)
    const { q: text, type, limit, offset } = parsed.data
    const { documents, total } = await registry.search.search({
      text,
      type,
      scope,
      from: offset,
      size: limit,
      principal,
      componentsOnly: true,
    })
    const items = documents.map(({ document }) => document)
    return {
      $schema: 'https://ui.shadcn.com/schema/registry.json',
      name: scope ?? 'registry',
      homepage: context.base(request),
      items: items.map(summaryOf),
      pagination: { total, offset, limit, hasMore: offset + items.length < total },
    }
  }

  const item = async (request: FastifyRequest, reply: FastifyReply, scope: string | undefined, wanted: string) => {
    const at = wanted.indexOf('@', 1)
    const bare = at === -1 ? wanted : wanted.slice(0, at)
    const version = at === -1 ? 'latest' : wanted.slice(at + 1)
    const name = checkName(scope === undefined ? await packageOf(request, bare) : `${scope}/${bare}`)
    const key = `item ${version}`
    const { entry, body } = await registry.reader.answer(name, false, {
      key,
      build: async (model) => {
        const found = findVersion(model, version)
        return found && buildItem(model, found)
      },
    })
    await demandReadable(context, request, name, entry.exists ? entry : undefined)
    if (!body) {
      const { model } = await readPackage(registry.router, name)
      if (model) resolveVersion(model, version)
      throw new RegistryError('COMPONENT_NOT_FOUND', `${name}@${version.slice(0, 100)} carries no component`)
    }
    const url = request.raw.url ?? ''
    // What a bare name means depends on who asks and on what else is published: only full names are answered from memory.
    const isFullName = name === (scope === undefined ? bare : `${scope}/${bare}`)
    if (isFullName && !url.includes('?')) registry.cache.addUrl(entry, url, key)
    return sendBody(request, reply, body)
  }

  const buildItem = async (model: PackageModel, version: VersionModel): Promise<Body | undefined> => {
    if (!version.component) return undefined
    const component = await readComponent(registry.router, model.name, version.version)
    if (!component) return undefined
    const bytes = Buffer.from(JSON.stringify(renderItem(model, version, component)))
    const etag = `"${model.revision}-${Date.parse(model.created).toString(36)}-i1"`
    const notModified = ['etag', etag, 'cache-control', `${model.access === 'public' ? 'public' : 'private'}, no-cache`]
    const headers = [
      ...notModified,
      'content-type',
      'application/json; charset=utf-8',
      'content-length',
      String(bytes.length),
    ]
    return { bytes, etag, headers, notModified }
  }

  /** A bare name is an unscoped package, or the one component that is called so. */
  const packageOf = async (request: FastifyRequest, bare: string): Promise<string> => {
    const principal = await context.principal(request)
    const packages = await registry.search.packagesOfItem(bare, principal)
    if (packages.length > 1 && !packages.includes(bare)) {
      throw new RegistryError(
        'COMPONENT_NOT_FOUND',
        `several components are called ${bare}: ask for one of ${packages.map((each) => `/r/${each}.json`).join(', ')}`,
      )
    }
    return packages.includes(bare) ? bare : (packages[0] ?? bare)
  }

  fastify.get('/r/registries.json', async (request) => {
    const scopes = await registry.search.itemScopes(await context.principal(request))
    const base = context.base(request)
    return scopes.map((name) => ({
      name,
      homepage: base,
      url: `${base}/r/${name}/{name}.json`,
      description: `Components in ${name}`,
    }))
  })
  fastify.get('/r/index.json', async (request) => (await list(request, undefined)).items)
  fastify.get('/r/styles/index.json', async (_request, reply) => {
    void reply.header('cache-control', mayBeOld)
    return [{ name: 'default', label: 'Default' }]
  })
  fastify.get('/r/colors/:color', async (_request, reply) => {
    void reply.header('cache-control', mayBeOld)
    return emptyColors
  })
  fastify.get<{ Params: { file: string } }>('/r/styles/:style/:file', async (request, reply) =>
    item(request, reply, undefined, nameOf(request.params.file)),
  )
  for (const [url, scoped] of [
    ['/r/:file', false],
    ['/r/:scope(^@[^/]+)/:file', true],
  ] as const) {
    fastify.get<{ Params: { scope?: string; file: string } }>(url, async (request, reply) => {
      const { scope, file } = request.params
      const wanted = nameOf(file)
      if (wanted === 'registry') return list(request, scoped ? scope : undefined)
      return item(request, reply, scoped ? scope : undefined, wanted)
    })
  }
}

/** @throws RegistryError NOT_FOUND */
function nameOf(file: string): string {
  if (!file.endsWith('.json') || file.length > 400) throw new RegistryError('NOT_FOUND', 'items end in .json')
  return file.slice(0, -'.json'.length)
}

/** What a catalogue says of an item: everything but its files. */
function summaryOf({ item, name, version, description }: SearchDocument) {
  return {
    name: item?.name ?? name,
    type: item?.type ?? 'registry:item',
    ...((item?.description ?? description) && { description: item?.description ?? description }),
    ...(item?.title && { title: item.title }),
    ...(item?.categories && { categories: item.categories }),
    ...(item?.font !== undefined && item.font !== null && { font: item.font }),
    meta: { package: name, version },
  }
}
