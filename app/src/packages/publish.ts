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
import { commitChange, lockPackage } from './write.ts'
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
    const [locked, found] = await Promise.all([lockPackage(client, route, name), findVersion(client, route, request)])
    demandWrite(actor.principal, name, locked && !locked.unpublished ? locked : undefined)
    if (!locked || locked.unpublished) await makePackage(client, route, request, actor)
    // Without a row to lock nobody waited: another first publish may have come between.
    const first = locked ? found : await findVersion(client, route, request)
    if (first?.artifact) {
      if (first.unpublished || first.artifact !== request.digest) {
        throw new RegistryError(
          'VERSION_EXISTS',
          first.unpublished
            ? `${name}@${request.version} was published and unpublished: a version never comes back, publish a higher one`
            : `${name}@${request.version} is published already, with other bytes: publish a higher version`,
        )
      }
      return { version: request.version, revision: undefined }
    }
    if ((first?.total ?? 0) >= config.MAX_VERSIONS) {
      throw new RegistryError(
        'TOO_LARGE',
        `${name} has ${config.MAX_VERSIONS} versions: unpublish some, or raise MAX_VERSIONS`,
      )
    }
    const signature = signer?.signatureOf(name, request.version, request.integrity)
    const { version, tags, integrity } = request
    const [revision] = await Promise.all([
      commitChange(client, route, name, actor, 'publish', { version, tags, integrity }),
      artifacts.putWithin?.(client, route, request.digest, request.tarball),
      insertVersion(client, route, { request, component, signature }, actor),
    ])
    return { version, revision }
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

/** What is there of the version that is to be published, and how many versions the package has. */
async function findVersion(
  client: pg.PoolClient,
  { schema }: Route,
  { name, version }: PublishRequest,
): Promise<{ artifact: string | null; unpublished: Date | null; total: number } | undefined> {
  const { rows } = await client.query<{ artifact: string | null; unpublished: Date | null; total: number }>({
    name: `${schema}:existing`,
    text: `select v.artifact, v.unpublished, (select count(*)::int from ${schema}.versions where name = $1) as total
           from (values (1)) one left join ${schema}.versions v on v.name = $1 and v.version = $2`,
    values: [name, version],
  })
  return rows[0]
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
  await client.query(
    `insert into ${route.schema}.packages (name, slot, access, maintainers) values ($1, $2, $3, $4)
     on conflict (name) do update set unpublished = null, access = excluded.access, maintainers = excluded.maintainers, created = now()
     where packages.unpublished is not null`,
    [name, route.slot, access ?? 'public', JSON.stringify([{ name: user, email }])],
  )
  demandWrite(actor.principal, name, await lockPackage(client, route, name))
}

async function insertVersion(
  client: pg.PoolClient,
  { schema }: Route,
  {
    request,
    component,
    signature,
  }: { request: PublishRequest; component: object | undefined; signature: object | undefined },
  actor: Actor,
): Promise<void> {
  const { name, version, manifest, digest, integrity, shasum, tarball, files, unpackedBytes, tags, readme } = request
  const inserted = client.query({
    name: `${schema}:publish`,
    text: `
      with version as (
        insert into ${schema}.versions
          (name, version, manifest, component, integrity, shasum, artifact, size, files, unpacked, publisher, published, signature)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp(), $14)
      ), tagged as (
        insert into ${schema}.tags (name, tag, version) select $1, tag, $2 from unnest($12::text[]) tag
        on conflict (name, tag) do update set version = excluded.version
      )
      update ${schema}.packages set readme = case when 'latest' = any ($12) then $13 else readme end where name = $1`,
    values: [
      name,
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
      tags,
      readme,
      signature ? JSON.stringify(signature) : null,
    ],
  })
  // The first version of a package is its latest, whatever tag it came with: clients ask for `latest`.
  const latest = tags.includes('latest')
    ? undefined
    : client.query(`insert into ${schema}.tags (name, tag, version) values ($1, 'latest', $2) on conflict do nothing`, [
        name,
        version,
      ])
  await Promise.all([inserted, latest])
}
