import * as z from 'zod'
import { RegistryError } from '../errors.ts'
import type { Router } from '../shards/router.ts'
import { checkVersion } from './names.ts'
import { commitChange, lockForChange } from './write.ts'
import type { Actor } from './write.ts'

const documentSchema = z.looseObject({
  versions: z.record(
    z.string(),
    z.looseObject({ deprecated: z.union([z.string().max(2000), z.boolean()]).optional() }),
  ),
})

/**
 * `npm deprecate`: the whole packument comes back with `deprecated` set or emptied. Nothing else of a published version can
 * change, so nothing else is read.
 *
 * @returns the new revision
 */
export async function changeMetadata(router: Router, name: string, body: unknown, actor: Actor): Promise<number> {
  const parsed = documentSchema.safeParse(body)
  if (!parsed.success) {
    throw new RegistryError(
      'INVALID_MANIFEST',
      `expected a document with a tarball, or one with versions to deprecate: ${z.prettifyError(parsed.error)}`,
    )
  }
  const stated = Object.entries(parsed.data.versions).map(([version, { deprecated }]) => ({
    version: checkVersion(version),
    message:
      deprecated === true ? 'deprecated' : deprecated === false || deprecated === '' ? null : (deprecated ?? null),
  }))
  return router.write(name, async (client, route) => {
    const pkg = await lockForChange(client, route, name, actor)
    const { rows } = await client.query<{ version: string; deprecated: string | null }>(
      `update ${route.schema}.versions v set deprecated = stated.message
       from unnest($2::text[], $3::text[]) as stated (version, message)
       where v.name = $1 and v.version = stated.version and v.unpublished is null and v.deprecated is distinct from stated.message
       returning v.version, v.deprecated`,
      [name, stated.map(({ version }) => version), stated.map(({ message }) => message)],
    )
    if (rows.length === 0) return pkg.revision
    return commitChange(client, route, name, actor, 'deprecate', { versions: rows })
  })
}
