import type pg from 'pg'
import { RegistryError } from '../errors.ts'
import type { Coherence } from '../cache/coherence.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { addressAllowed } from './principal.ts'
import type { Principal, Role } from './principal.ts'
import { ask } from '../shards/ask.ts'
import { audited } from './audit.ts'
import { hashToken, makeToken } from './token.ts'
import type { NewToken, TokenRecord } from './token.ts'
import type { Log } from './audit.ts'

interface IdentityRow {
  user_name: string
  email: string
  roles: Record<string, Role> | null
  key: string
  readonly: boolean
  cidr: string[]
  expires: Date | null
}

const rolesOf = 'select json_object_agg(scope, role) from registry.grants g where g.user_name = u.name'

/**
 * Users, their roles and their tokens: rows of the first cluster. A token is stored as its SHA-256 alone. A change that is given what
 * to log is made together with its line in the audit log, or not at all.
 */
export class Identities {
  readonly #home: pg.Pool
  readonly #coherence: Coherence
  /** By token hash, while the coherence lease is valid: a revocation empties it everywhere before it is acknowledged. */
  readonly #known = new Map<string, { principal: Principal; expires: number }>()

  constructor(home: pg.Pool, coherence: Coherence) {
    this.#home = home
    this.#coherence = coherence
  }

  forget(): void {
    this.#known.clear()
  }

  /** @throws RegistryError UNAUTHENTICATED when the token is unknown, revoked or expired; CIDR_MISMATCH from a wrong address. */
  async byToken(token: string, address: string): Promise<Principal> {
    const hash = hashToken(token)
    const id = hash.toString('base64')
    const known = this.#coherence.valid() ? this.#known.get(id) : undefined
    const entry = known ?? (await this.#load(hash))
    if (!entry || entry.expires <= Date.now()) {
      throw new RegistryError('UNAUTHENTICATED', 'the token is unknown, revoked or expired: sign in again')
    }
    if (!known && this.#coherence.valid()) {
      if (this.#known.size >= 10_000) this.#known.clear()
      this.#known.set(id, entry)
    }
    if (!addressAllowed(address, entry.principal.token?.cidr ?? [])) {
      throw new RegistryError('CIDR_MISMATCH', `the token may not be used from ${address}`)
    }
    return entry.principal
  }

  async #load(hash: Buffer): Promise<{ principal: Principal; expires: number } | undefined> {
    const { rows } = await ask<IdentityRow>(this.#home, {
      name: 'identity:token',
      text: `select t.user_name, u.email, t.key, t.readonly, t.cidr, t.expires, (${rolesOf}) as roles
             from registry.tokens t join registry.users u on u.name = t.user_name
             where t.hash = $1 and t.revoked is null`,
      values: [hash],
    })
    const [row] = rows
    if (!row) return undefined
    const { key, readonly, cidr } = row
    return {
      principal: {
        user: row.user_name,
        email: row.email,
        roles: new Map(Object.entries(row.roles ?? {})),
        token: { key, readonly, cidr },
      },
      expires: row.expires?.getTime() ?? Infinity,
    }
  }

  /** @throws RegistryError BAD_CREDENTIALS */
  async byPassword(user: string, password: string): Promise<Principal> {
    const { rows } = await ask<{
      name: string
      email: string
      password: string | null
      roles: Record<string, Role> | null
    }>(
      this.#home,
      `select u.name, u.email, u.password, (${rolesOf}) as roles from registry.users u where u.name = $1`,
      [user],
    )
    const [row] = rows
    const right = await verifyPassword(password, row?.password ?? null)
    if (!row || !right)
      throw new RegistryError('BAD_CREDENTIALS', `user name or password is wrong for ${JSON.stringify(user)}`)
    return { user: row.name, email: row.email, roles: new Map(Object.entries(row.roles ?? {})) }
  }

  /** @returns whether the user was made; `false` when there was one of this name already. */
  async createUser(
    name: string,
    email: string,
    password: string,
    grants: Readonly<Record<string, Role>>,
    log?: Log<boolean>,
  ): Promise<boolean> {
    const hash = await hashPassword(password)
    return audited(this.#home, log, async (db) => {
      const { rowCount } = await db.query(
        `with made as (insert into registry.users (name, email, password) values ($1, $2, $3) on conflict do nothing returning name),
            granted as (insert into registry.grants (user_name, scope, role)
                        select made.name, g.key, g.value from made, json_each_text($4::json) g)
       select name from made`,
        [name, email, hash, JSON.stringify(grants)],
      )
      return rowCount === 1
    })
  }

  async findUser(name: string): Promise<{ name: string; email: string; created: Date; updated: Date } | undefined> {
    const { rows } = await ask<{ name: string; email: string; created: Date; updated: Date }>(
      this.#home,
      'select name, email, created, updated from registry.users where name = $1',
      [name],
    )
    return rows[0]
  }

  /** Changes what is given; a changed password is hashed. */
  async updateUser(name: string, change: { email?: string; password?: string }, log?: Log<void>): Promise<void> {
    const hash = change.password === undefined ? null : await hashPassword(change.password)
    await audited(this.#home, log, async (db) => {
      await db.query(
        'update registry.users set email = coalesce($2, email), password = coalesce($3, password), updated = now() where name = $1',
        [name, change.email ?? null, hash],
      )
    })
  }

  async grant(user: string, scope: string, role: Role | undefined, log?: Log<void>): Promise<void> {
    await audited(this.#home, log, async (db) => {
      await (role
        ? db.query(
            'insert into registry.grants (user_name, scope, role) values ($1, $2, $3) on conflict (user_name, scope) do update set role = excluded.role',
            [user, scope, role],
          )
        : db.query('delete from registry.grants where user_name = $1 and scope = $2', [user, scope]))
    })
    await this.#coherence.announce({ kind: 'identity' })
  }

  async issueToken(
    user: string,
    options: NewToken = {},
    log?: Log<TokenRecord>,
  ): Promise<{ token: string; record: TokenRecord }> {
    const { token, record } = makeToken(options)
    await audited(this.#home, log, async (db) => {
      await db.query(
        `insert into registry.tokens (key, hash, hint, user_name, label, readonly, cidr, created, expires)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          record.key,
          hashToken(token),
          record.hint,
          user,
          record.label,
          record.readonly,
          record.cidr,
          record.created,
          record.expires,
        ],
      )
      return record
    })
    return { token, record }
  }

  async tokens(user: string): Promise<TokenRecord[]> {
    const { rows } = await ask<TokenRecord>(
      this.#home,
      `select key, hint, label, readonly, cidr, created, expires from registry.tokens
       where user_name = $1 and revoked is null and (expires is null or expires > now()) order by created, key`,
      [user],
    )
    return rows
  }

  /** By key, by hint or by the token itself. @returns the key of what was revoked */
  async revoke(user: string, tokenOrKey: string, log?: Log<string | undefined>): Promise<string | undefined> {
    const revoked = await audited(this.#home, log, async (db) => {
      const { rows } = await db.query<{ key: string }>(
        `update registry.tokens set revoked = now() where user_name = $1 and revoked is null and (key = $2 or hash = $3)
       returning key`,
        [user, tokenOrKey, hashToken(tokenOrKey)],
      )
      return rows[0]?.key
    })
    await this.#coherence.announce({ kind: 'identity' })
    return revoked
  }
}
