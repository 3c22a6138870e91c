import { RegistryError } from '../errors.ts'
import type { Router } from '../shards/router.ts'
import { checkTag, checkVersion } from './names.ts'
import { commitChange, lockForChange } from './write.ts'
import type { Actor } from './write.ts'

/** @returns the new revision. @throws RegistryError VERSION_NOT_FOUND for a version that is not published */
export async function setTag(
  router: Router,
  name: string,
  tag: unknown,
  version: unknown,
  actor: Actor,
): Promise<number> {
  const label = checkTag(tag)
  const target = checkVersion(version)
  return router.write(name, async (client, route) => {
    await lockForChange(client, route, name, actor)
    const { rowCount } = await client.query(
      `insert into ${route.schema}.tags (name, tag, version)
       select name, $2, version from ${route.schema}.versions where name = $1 and version = $3 and unpublished is null
       on conflict (name, tag) do update set version = excluded.version`,
      [name, label, target],
    )
    if (rowCount !== 1) throw new RegistryError('VERSION_NOT_FOUND', `${name} has no version ${target}`)
    return commitChange(client, route, name, actor, 'tag', { tag: label, version: target })
  })
}

/** `latest` stays: every client asks for it. @returns the new revision */
export async function removeTag(router: Router, name: string, tag: unknown, actor: Actor): Promise<number> {
  const label = checkTag(tag)
  if (label === 'latest') throw new RegistryError('INVALID_TAG', 'the tag latest can be moved, not removed')
  return router.write(name, async (client, route) => {
    await lockForChange(client, route, name, actor)
    const { rowCount } = await client.query(`delete from ${route.schema}.tags where name = $1 and tag = $2`, [
      name,
      label,
    ])
    if (rowCount !== 1) throw new RegistryError('NOT_FOUND', `${name} has no tag ${label}`)
    return commitChange(client, route, name, actor, 'untag', { tag: label })
  })
}
