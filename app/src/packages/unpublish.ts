import type pg from 'pg'
import * as z from 'zod'
import { isAdmin } from '../auth/principal.ts'
import { RegistryError } from '../errors.ts'
import type { Route, Router } from '../shards/router.ts'
import { tarballName } from './names.ts'
import { commitChange, lockForChange } from './write.ts'
import type { Actor } from './write.ts'

/** npm's own rule: for 72 hours a publisher may take a version back; afterwards others may rely on it. */
const unpublishHours = 72

const personSchema = z.looseObject({ name: z.string().min(1).max(214), email: z.string().max(254).optional() })
const revisionSchema = z.looseObject({
  versions: z.record(z.string(), z.unknown()).optional(),
  maintainers: z.array(personSchema).min(1, 'expected at least one owner').optional(),
})

/**
 * `PUT /PKG/-rev/REV`: `npm unpublish` of a version sends the packument without it, `npm owner` sends the owners alone.
 *
 * @returns the new revision
 */
export async function updateRevision(
  router: Router,
  name: string,
  rev: string,
  body: unknown,
  actor: Actor,
): Promise<number> {
  const parsed = revisionSchema.safeParse(body)
  if (!parsed.success)
    throw new RegistryError('INVALID_MANIFEST', `the package document is not usable: ${z.prettifyError(parsed.error)}`)
  const { versions, maintainers } = parsed.data
  return router.write(name, async (client, route) => {
    const pkg = await lockForChange(client, route, name, actor, rev)
    if (versions === undefined) {
      if (!maintainers) throw new RegistryError('INVALID_MANIFEST', 'expected versions or maintainers, found neither')
      const owners = maintainers.map(({ name: owner, email }) => ({ name: owner, ...(email && { email }) }))
      await client.query(`update ${route.schema}.packages set maintainers = $2 where name = $1`, [
        name,
        JSON.stringify(owners),
      ])
      return commitChange(client, route, name, actor, 'owners', { maintainers: owners.map(({ name: owner }) => owner) })
    }
    const { rows } = await client.query<{ version: string }>(
      `select version from ${route.schema}.versions where name = $1 and unpublished is null`,
      [name],
    )
    const gone = rows.map(({ version }) => version).filter((version) => !Object.hasOwn(versions, version))
    if (gone.length === 0) return pkg.revision
    await unpublishVersions(client, route, name, gone, actor)
    return commitChange(client, route, name, actor, 'unpublish', { versions: gone })
  })
}

/** The last step of `npm unpublish`: the tarball. The version is gone by then; a client that skips that step gets it done here. */
export async function removeTarball(
  router: Router,
  name: string,
  file: string,
  actor: Actor,
): Promise<number | undefined> {
  return router.write(name, async (client, route) => {
    await lockForChange(client, route, name, actor)
    const { rows } = await client.query<{ version: string; unpublished: Date | null }>(
      `select version, unpublished from ${route.schema}.versions where name = $1`,
      [name],
    )
    const found = rows.find(({ version }) => tarballName(name, version) === file)
    if (!found) throw new RegistryError('VERSION_NOT_FOUND', `${name} has no file ${file.slice(0, 200)}`)
    if (found.unpublished) return undefined
    await unpublishVersions(client, route, name, [found.version], actor)
    return commitChange(client, route, name, actor, 'unpublish', { versions: [found.version] })
  })
}

/** `DELETE /PKG/-rev/REV`: the whole package. Its tombstones stay: none of its versions ever comes back with other bytes. */
export async function unpublishAll(router: Router, name: string, rev: string, actor: Actor): Promise<number> {
  return router.write(name, async (client, route) => {
    await lockForChange(client, route, name, actor, rev)
    const { rows } = await client.query<{ version: string }>(
      `select version from ${route.schema}.versions where name = $1 and unpublished is null`,
      [name],
    )
    const versions = rows.map(({ version }) => version)
    await unpublishVersions(client, route, name, versions, actor)
    await client.query(`update ${route.schema}.packages set unpublished = now() where name = $1`, [name])
    return commitChange(client, route, name, actor, 'unpublish-all', { versions })
  })
}

async function unpublishVersions(
  client: pg.PoolClient,
  { schema }: Route,
  name: string,
  versions: readonly string[],
  actor: Actor,
): Promise<void> {
  const { rows: old } = await client.query<{ version: string }>(
    `select version from ${schema}.versions where name = $1 and version = any ($2) and published < now() - $3 * interval '1 hour'`,
    [name, versions, unpublishHours],
  )
  if (old.length > 0 && !isAdmin(actor.principal)) {
    throw new RegistryError(
      'UNPUBLISH_REFUSED',
      `${name}@${old.map(({ version }) => version).join(', ')} is older than ${unpublishHours} hours: deprecate it, or ask an administrator`,
    )
  }
  await client.query(
    `update ${schema}.versions set unpublished = now(), manifest = null, component = null where name = $1 and version = any ($2)`,
    [name, versions],
  )
  await client.query(`delete from ${schema}.tags where name = $1 and version = any ($2)`, [name, versions])
  // Clients ask for `latest`: it falls back to what was published last of what is left.
  await client.query(
    `insert into ${schema}.tags (name, tag, version)
     select name, 'latest', version from ${schema}.versions where name = $1 and unpublished is null
     order by (version like '%-%'), published desc limit 1 on conflict do nothing`,
    [name],
  )
}
