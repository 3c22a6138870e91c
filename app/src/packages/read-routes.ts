import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import semver from 'semver'
import type { Context } from '../context.ts'
import { demandUser, mayRead } from '../auth/principal.ts'
import type { PackageAccess, Principal } from '../auth/principal.ts'
import { negotiated } from '../cache/hot.ts'
import { chooseEncoding, chooseVariant, matchesEtag } from '../cache/negotiate.ts'
import type { Body } from '../cache/store.ts'
import { RegistryError } from '../errors.ts'
import { readPackage } from './model.ts'
import type { PackageModel, VersionModel } from './model.ts'
import { packageRoute } from './package-route.ts'
import { renderVersion } from './packument.ts'
import { tarballName } from './names.ts'
import { tarballKey } from './reader.ts'

/** Packuments, single versions, tarballs and dist-tags. */
export function packageReadRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context
  const { reader, cache } = registry

  packageRoute(fastify, 'GET', '', '', async (name, request, reply) => {
    const { headers } = request
    const variant = chooseVariant(headers.accept)
    const encoding = chooseEncoding(headers['accept-encoding'])
    const { entry, body } = await reader.packument(name, variant, encoding, context.base(request), isFresh(request))
    await demandReadable(context, request, name, entry.exists ? entry : undefined)
    if (!body) throw missing(name)
    const url = request.raw.url ?? ''
    if (!url.includes('?')) cache.addUrl(entry, url, negotiated)
    return sendBody(request, reply, body)
  })

  packageRoute(fastify, 'GET', '', '/-/:file', async (name, request, reply) => sendTarball(name, request, reply))
  // yarn 4 asks for `/@acme%2fbutton/-/...`, old lock files for `/button/-/@acme/button-1.0.0.tgz`.
  packageRoute(fastify, 'GET', '', '/-/:fileScope/:file', async (name, request, reply) =>
    sendTarball(name, request, reply),
  )

  async function sendTarball(
    name: string,
    request: FastifyRequest<{ Params: { file?: string } }>,
    reply: FastifyReply,
  ) {
    const file = request.params.file ?? ''
    if (registry.artifacts.redirect) {
      const pkg = await readable(context, request, name)
      const version = pkg.versions.find((candidate) => tarballName(name, candidate.version) === file)
      const url = version && (await registry.artifacts.redirect(version.artifact))
      // Clients drop their token when they follow to another host; the signed URL is all that they need there.
      if (url !== undefined) return reply.header('cache-control', 'private, no-store').redirect(url, 302)
    }
    const { entry, body } = await reader.tarball(name, file, isFresh(request))
    await demandReadable(context, request, name, entry.exists ? entry : undefined)
    if (!body) throw new RegistryError('VERSION_NOT_FOUND', `${name} has no file ${file.slice(0, 200)}`)
    const url = request.raw.url ?? ''
    if (!url.includes('?')) cache.addUrl(entry, url, tarballKey(file))
    return sendBody(request, reply, body)
  }

  packageRoute(fastify, 'GET', '', '/:version', async (name, request) => {
    const pkg = await readable(context, request, name)
    const version = resolveVersion(pkg, request.params.version ?? '')
    return renderVersion(context.base(request), pkg, version)
  })

  packageRoute(fastify, 'GET', '/-/package', '/dist-tags', async (name, request, reply) => {
    const pkg = await readable(context, request, name)
    void reply.header('cache-control', 'no-cache')
    return pkg.tags
  })

  packageRoute(fastify, 'GET', '/-/package', '/visibility', async (name, request) => {
    const pkg = await readable(context, request, name)
    return { public: pkg.access === 'public' }
  })

  packageRoute(fastify, 'GET', '/-/package', '/collaborators', async (name, request) => {
    const pkg = await readable(context, request, name)
    return Object.fromEntries(pkg.maintainers.map((person) => [person.name, 'write']))
  })
}

const missing = (name: string) => new RegistryError('PACKAGE_NOT_FOUND', `${name} does not exist`)

/** `?write=true` comes from a client that is about to write: it gets what the writer has, past every cache. */
const isFresh = (request: FastifyRequest): boolean => (request.query as { write?: string }).write === 'true'

/**
 * @param known who asks, where that is known already; else the request's own credentials say it
 * @throws RegistryError UNAUTHENTICATED for strangers, PACKAGE_NOT_FOUND for users without a role
 */
export async function demandReadable(
  context: Context,
  request: FastifyRequest,
  name: string,
  pkg: PackageAccess | undefined,
  known?: Principal,
): Promise<void> {
  const { REGISTRY_ANONYMOUS_READ: anonymousRead } = context.registry.config
  if (anonymousRead && pkg?.access === 'public') return
  const principal = known ?? (await context.principal(request))
  if (!pkg) {
    if (!anonymousRead) demandUser(principal)
    throw missing(name)
  }
  if (mayRead(principal, name, pkg, anonymousRead)) return
  demandUser(principal)
  throw missing(name)
}

/** Reads a package that this caller may read. @throws RegistryError */
export async function readable(
  context: Context,
  request: FastifyRequest,
  name: string,
  known?: Principal,
): Promise<PackageModel> {
  const { model } = await readPackage(context.registry.router, name)
  await demandReadable(context, request, name, model, known)
  if (!model) throw missing(name)
  return model
}

/** An exact version, a tag, or the highest version in a range. */
export function findVersion(pkg: PackageModel, wanted: string): VersionModel | undefined {
  const exact = Object.hasOwn(pkg.tags, wanted) ? pkg.tags[wanted] : wanted
  const found = pkg.versions.find(({ version }) => version === exact)
  if (found || semver.validRange(wanted) === null) return found
  const best = semver.maxSatisfying(
    pkg.versions.map(({ version }) => version),
    wanted,
  )
  return pkg.versions.find(({ version }) => version === best)
}

/** @throws RegistryError VERSION_NOT_FOUND */
export function resolveVersion(pkg: PackageModel, wanted: string): VersionModel {
  const found = findVersion(pkg, wanted)
  if (!found) throw new RegistryError('VERSION_NOT_FOUND', `${pkg.name} has no version ${wanted.slice(0, 100)}`)
  return found
}

/** Sends prebuilt bytes, or 304 when the client has them. */
export function sendBody(request: FastifyRequest, reply: FastifyReply, body: Body): FastifyReply {
  const unchanged = matchesEtag(request.headers['if-none-match'], body.etag)
  const headers = unchanged ? body.notModified : body.headers
  for (let index = 0; index < headers.length; index += 2) void reply.header(headers[index] ?? '', headers[index + 1])
  return unchanged ? reply.code(304).send() : reply.send(body.bytes)
}
