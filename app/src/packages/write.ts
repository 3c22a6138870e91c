import type pg from 'pg'
import type { Principal } from '../auth/principal.ts'
import { demandWrite } from '../auth/principal.ts'
import { RegistryError } from '../errors.ts'
import type { Route } from '../shards/router.ts'
import type { Person } from './model.ts'

/** Who does it and with which request: what the audit log keeps. */
export interface Actor {
  readonly principal: Principal
  readonly requestId: string
  readonly address: string
}

export interface LockedPackage {
  readonly name: string
  readonly revision: number
  readonly access: 'public' | 'restricted'
  readonly maintainers: readonly Person[]
  readonly unpublished: Date | null
}

/** Reads and locks a package for the transaction; nothing when it never was. */
export async function lockPackage(
  client: pg.PoolClient,
  { schema }: Route,
  name: string,
): Promise<LockedPackage | undefined> {
  const { rows } = await client.query<LockedPackage>({
    name: `${schema}:lock`,
    text: `select name, revision, access, maintainers, unpublished from ${schema}.packages where name = $1 for update`,
    values: [name],
  })
  return rows[0]
}

/** @throws RegistryError PACKAGE_NOT_FOUND, FORBIDDEN; REVISION_CONFLICT when `rev` is not the package's */
export async function lockForChange(
  client: pg.PoolClient,
  route: Route,
  name: string,
  actor: Actor,
  rev?: string,
): Promise<LockedPackage> {
  const pkg = await lockPackage(client, route, name)
  if (!pkg || pkg.unpublished) throw new RegistryError('PACKAGE_NOT_FOUND', `${name} does not exist`)
  demandWrite(actor.principal, name, pkg)
  if (rev !== undefined && Number.parseInt(rev, 10) !== pkg.revision) {
    throw new RegistryError(
      'REVISION_CONFLICT',
      `expected revision ${pkg.revision} of ${name}, found ${rev}: read it again, then repeat`,
    )
  }
  return pkg
}

/**
 * What every change writes, as the first of a statement's `with`: a higher revision, the word to the read models, a line in the audit
 * log. `changed` has the package's name and new revision; it is empty, and nothing is written, where `condition` does not hold.
 *
 * @param also another assignment to the package's row
 */
export const changeOf = (schema: string, also?: string, condition?: string): string => `
  changed as (
    update ${schema}.packages set revision = revision + 1, modified = clock_timestamp()${also === undefined ? '' : `, ${also}`}
    where name = $1${condition === undefined ? '' : ` and ${condition}`} returning name, revision
  ), told as (
    insert into ${schema}.outbox (name, revision) select name, revision from changed
  ), audited as (
    insert into ${schema}.audit (actor, action, subject, request_id, address, detail) select $2, $3, name, $4, $5, $6 from changed
  )`

/** The values of a change: `$1` to `$6`. */
export const changeValues = (name: string, actor: Actor, action: string, detail: object): string[] => [
  name,
  actor.principal.user,
  action,
  actor.requestId,
  actor.address,
  JSON.stringify(detail),
]

/** Raises the revision, tells the read models, and writes the audit log, all in the caller's transaction. */
export async function commitChange(
  client: pg.PoolClient,
  { schema }: Route,
  name: string,
  actor: Actor,
  action: string,
  detail: object,
): Promise<number> {
  const { rows } = await client.query<{ revision: number }>({
    name: `${schema}:commit`,
    text: `with ${changeOf(schema)} select revision from changed`,
    values: changeValues(name, actor, action, detail),
  })
  const [row] = rows
  if (!row) throw new Error(`expected ${name} to change, found no row`)
  return row.revision
}
