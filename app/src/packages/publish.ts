import type pg from 'pg'
import type { ArtifactStore } from '../artifacts/store.ts'
import { demandWrite } from '../auth/principal.ts'
import type { Signer } from '../auth/signing.ts'
import { componentOf } from '../components/item.ts'
import type { Config } from '../config.ts'
import { RegistryError } from '../errors.ts'
import type { Route, Router } from '../shards/router.ts'
import { readPublishRequest } from './publish-document.ts'
import type { PublishRequest } from './publish-document.ts'
import { changeOf, changeValues, lockPackage } from './write.ts'
import type { Actor } from './write.ts'

/** What a publish stands on. */
export interface PublishParts {
  readonly router: Router
  readonly artifacts: ArtifactStore
  readonly config: Config
  /** Signs what is published, where the registry has a key. */
  readonly signer: Signer | undefined
}

export interface Published {
  readonly version: string
  /** Absent when these very bytes were published before: nothing changed. */
  readonly revision: number | undefined
}

/**
 * Publishes one version: the artifact first (content-addressed: a repeat is free, a left-over is swept) or, where the shard
 * keeps it, with the version, in one transaction on one shard. Whatever fails, nothing of it is visible.
 *
 * @throws RegistryError VERSION_EXISTS when the version is there with other bytes, or ever was
 */
export async function publish(
  { router, artifacts, config, signer }: PublishParts,
  name: string,
  body: unknown,
  actor: Actor,
): Promise<Published> {
  const request = await readPublishRequest(name, body, config)
  const component = componentOf(request)
  if (!artifacts.putWithin) await store(artifacts, name, request)
  return router.write(name, async (client, route) => {
    const locked = await lockPackage(client, route, name)
    demandWrite(actor.principal, name, locked && !locked.unpublished ? locked : undefined)
    if (!locked || locked.unpublished) await makePackage(client, route, request, actor)
    const signature = signer?.signatureOf(name, request.version, request.integrity)
    const [revision] = await Promise.all([
      addVersion(client, route, { request, component, signature, maxVersions: config.MAX_VERSIONS }, actor),
      artifacts.putWithin?.(client, route, request.digest, request.tarball),
    ])
    if (revision === undefined) await demandSame(client, route, request, config)
    return { version: request.version, revision }
  })
}

/** @throws RegistryError UNAVAILABLE: a full disk or a bucket that fails is the registry's to mend, and the client may try again */
async function store(artifacts: ArtifactStore, name: string, { digest, tarball }: PublishRequest): Promise<void> {
  try {
    await artifacts.put(name, digest, tarball)
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause
    throw new RegistryError('UNAVAILABLE', 'the artifact store takes nothing right now: try again', {
      cause,
      headers: { 'retry-after': '5' },
    })
  }
}

/**
 * Why a version was not added: nothing is wrong when these very bytes are there already.
 *
 * @throws RegistryError VERSION_EXISTS, or TOO_LARGE where there is no room for another version
 */
async function demandSame(
  client: pg.PoolClient,
  { schema }: Route,
  { name, version, digest }: PublishRequest,
  config: Config,
): Promise<void> {
  const { rows } = await client.query<{ artifact: string; unpublished: Date | null }>(
    `select artifact, unpublished from ${schema}.versions where name = $1 and version = $2`,
    [name, version],
  )
  const [found] = rows
  if (!found) {
    throw new RegistryError(
      'TOO_LARGE',
      `${name} has ${config.MAX_VERSIONS} versions: unpublish some, or raise MAX_VERSIONS`,
    )
  }
  if (found.unpublished || found.artifact !== digest) {
    throw new RegistryError(
      'VERSION_EXISTS',
      found.unpublished
        ? `${name}@${version} was published and unpublished: a version never comes back, publish a higher one`
        : `${name}@${version} is published already, with other bytes: publish a higher version`,
    )
  }
}

/** @throws RegistryError FORBIDDEN when somebody else made it meanwhile, and this user may not publish theirs */
async function makePackage(
  client: pg.PoolClient,
  route: Route,
  { name, access }: PublishRequest,
  actor: Actor,
): Promise<void> {
  const { user, email } = actor.principal
  // Two first publishes may meet here: the second waits for the first and then finds its row.
  const made = client.query(
    `insert into ${route.schema}.packages (name, slot, access, maintainers) values ($1, $2, $3, $4)
     on conflict (name) do update set unpublished = null, access = excluded.access, maintainers = excluded.maintainers, created = now()
     where packages.unpublished is not null`,
    [name, route.slot, access ?? 'public', JSON.stringify([{ name: user, email }])],
  )
  const [locked] = await Promise.all([lockPackage(client, route, name), made])
  demandWrite(actor.principal, name, locked)
}

interface NewVersion {
  readonly request: PublishRequest
  readonly component: object | undefined
  readonly signature: object | undefined
  readonly maxVersions: number
}

/**
 * Adds a version with its tags to a package that this transaction has locked, and everything else that a change writes.
 *
 * @returns the package's new revision; nothing when the version is or was there, or the package has `maxVersions`: then nothing is written
 */
async function addVersion(
  client: pg.PoolClient,
  { schema }: Route,
  { request, component, signature, maxVersions }: NewVersion,
  actor: Actor,
): Promise<number | undefined> {
  const { name, version, manifest, digest, integrity, shasum, tarball, files, unpackedBytes, tags, readme } = request
  const change = changeValues(name, actor, 'publish', { version, tags, integrity })
  // The first version of a package is its latest, whatever tag it came with: clients ask for `latest`.
  const { rows } = await client.query<{ revision: number }>({
    name: `${schema}:publish`,
    text: `
      with ${changeOf(
        schema,
        `readme = case when 'latest' = any ($18) then $19 else readme end`,
        `(select count(*) < $20 and count(*) filter (where version = $7) = 0 from ${schema}.versions where name = $1)`,
      )}, version as (
        insert into ${schema}.versions
          (name, version, manifest, component, integrity, shasum, artifact, size, files, unpacked, publisher, published, signature)
        select name, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, clock_timestamp(), $17 from changed
      ), tagged as (
        insert into ${schema}.tags (name, tag, version) select name, tag, $7 from changed, unnest($18::text[]) tag
        on conflict (name, tag) do update set version = excluded.version
      ), latest as (
        insert into ${schema}.tags (name, tag, version) select name, 'latest', $7 from changed where 'latest' <> all ($18)
        on conflict do nothing
      )
      select revision from changed`,
    values: [
      ...change,
      version,
      JSON.stringify(manifest),
      component ? JSON.stringify(component) : null,
      integrity,
      shasum,
      digest,
      tarball.length,
      files,
      unpackedBytes,
      actor.principal.user,
      signature ? JSON.stringify(signature) : null,
      tags,
      readme,
      maxVersions,
    ],
  })
  return rows[0]?.revision
}
