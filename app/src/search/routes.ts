import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Context } from '../context.ts'
import { demandUser } from '../auth/principal.ts'
import { RegistryError } from '../errors.ts'
import type { SearchDocument } from './document.ts'

const querySchema = z.object({
  text: z.string().max(500).default(''),
  size: z.coerce.number().int().min(0).default(20),
  from: z.coerce.number().int().min(0).max(100_000).default(0),
})

/** npm's search (`npm search`, `pnpm search`). */
export function searchRoutes(fastify: FastifyInstance, context: Context): void {
  fastify.get('/-/v1/search', async (request) => {
    const parsed = querySchema.safeParse(request.query)
    if (!parsed.success)
      throw new RegistryError('BAD_REQUEST', `the search is not usable: ${z.prettifyError(parsed.error)}`)
    const { text, size, from } = parsed.data
    const principal = await context.principal(request)
    if (!context.registry.config.REGISTRY_ANONYMOUS_READ) demandUser(principal)
    const { documents, total } = await context.registry.search.search({
      text,
      from,
      size: Math.min(size, 250),
      principal,
    })
    return { objects: documents.map(toNpm), total, time: new Date().toUTCString() }
  })
}

/** npm 12 needs `maintainers` to be an array, pnpm 12 needs `publisher.username`. */
function toNpm({ document, score }: { document: SearchDocument; score: number }) {
  const { name, version, description, keywords, date, links, publisher, maintainers, license } = document
  const person = (username: string) => ({
    username,
    email: maintainers.find((maintainer) => maintainer.name === username)?.email ?? '',
  })
  return {
    package: {
      name,
      version,
      description,
      keywords,
      date,
      links,
      license,
      ...(name.startsWith('@') && { scope: name.slice(1, name.indexOf('/')) }),
      publisher: person(publisher),
      maintainers: maintainers.map((maintainer) => person(maintainer.name)),
    },
    score: { final: score, detail: { quality: score, popularity: score, maintenance: score } },
    searchScore: score,
  }
}
