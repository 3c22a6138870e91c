import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { RegistryError } from '../errors.ts'
import { changeMetadata } from './metadata.ts'
import { packageRoute } from './package-route.ts'
import { publish } from './publish.ts'
import { removeTag, setTag } from './tags.ts'
import { removeTarball, unpublishAll, updateRevision } from './unpublish.ts'

/** Everything of the npm protocol that changes a package. */
export function packageWriteRoutes(fastify: FastifyInstance, context: Context): void {
  const { registry } = context

  packageRoute(fastify, 'PUT', '', '', async (name, request, reply) => {
    const actor = await context.actor(request)
    const body = request.body as { _attachments?: unknown } | undefined
    if (body === null || typeof body !== 'object')
      throw new RegistryError('BAD_REQUEST', 'expected a package document, found none')
    if (!hasAttachments(body)) {
      await registry.changed(name, await changeMetadata(registry.router, name, body, actor))
      return { ok: true, success: true }
    }
    const { revision } = await publish(registry, name, body, actor)
    if (revision !== undefined) await registry.changed(name, revision)
    return reply.code(revision === undefined ? 200 : 201).send({ ok: true, success: true })
  })

  packageRoute(fastify, 'PUT', '', '/-rev/:rev', async (name, request) => {
    const actor = await context.actor(request)
    const revision = await updateRevision(registry.router, name, request.params.rev ?? '', request.body, actor)
    await registry.changed(name, revision)
    return { ok: true }
  })

  packageRoute(fastify, 'DELETE', '', '/-rev/:rev', async (name, request) => {
    const actor = await context.actor(request)
    await registry.changed(name, await unpublishAll(registry.router, name, request.params.rev ?? '', actor))
    return { ok: true }
  })

  packageRoute(fastify, 'DELETE', '', '/-/:file/-rev/:rev', async (name, request, reply) => {
    const actor = await context.actor(request)
    const revision = await removeTarball(registry.router, name, request.params.file ?? '', actor)
    if (revision !== undefined) await registry.changed(name, revision)
    return reply.code(201).send({ ok: true })
  })

  packageRoute(fastify, 'PUT', '/-/package', '/dist-tags/:tag', async (name, request, reply) => {
    const actor = await context.actor(request)
    await registry.changed(name, await setTag(registry.router, name, request.params.tag, request.body, actor))
    return reply.code(201).send({ ok: true })
  })

  packageRoute(fastify, 'DELETE', '/-/package', '/dist-tags/:tag', async (name, request) => {
    const actor = await context.actor(request)
    await registry.changed(name, await removeTag(registry.router, name, request.params.tag, actor))
    return { ok: true }
  })
}

function hasAttachments({ _attachments }: { _attachments?: unknown }): boolean {
  return typeof _attachments === 'object' && _attachments !== null && Object.keys(_attachments).length > 0
}
