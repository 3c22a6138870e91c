import { createHash, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { hashToken } from './token.ts'
import type { Principal, Role } from './principal.ts'
import { ask } from '../shards/ask.ts'

/** A working day: whoever comes back tomorrow signs in again. */
const hours = 12

/** Somebody who has signed in on the pages. The secret is the browser's cookie; the pages alone take it, the protocols never do. */
export interface Session {
  readonly secret: string
  readonly principal: Principal
}

/** Sessions of browsers: rows of the first cluster, by the SHA-256 of their secret. */
export class Sessions {
  readonly #home: pg.Pool

  constructor(home: pg.Pool) {
    this.#home = home
  }

  /** @returns the secret */
  async open(user: string): Promise<string> {
    const secret = randomBytes(32).toString('base64url')
    await this.#home.query('delete from registry.sessions where expires < now()')
    await this.#home.query(
      `insert into registry.sessions (hash, user_name, expires) values ($1, $2, now() + $3 * interval '1 hour')`,
      [hashToken(secret), user, hours],
    )
    return secret
  }

  /** Roles are read with it, so that a grant that is taken away holds at the next page. */
  async find(secret: string): Promise<Session | undefined> {
    const { rows } = await ask<{ name: string; email: string; roles: Record<string, Role> | null }>(this.#home, {
      name: 'identity:session',
      text: `select u.name, u.email, (select json_object_agg(scope, role) from registry.grants g where g.user_name = u.name) as roles
             from registry.sessions s join registry.users u on u.name = s.user_name where s.hash = $1 and s.expires > now()`,
      values: [hashToken(secret)],
    })
    const [row] = rows
    if (!row) return undefined
    return {
      secret,
      principal: { user: row.name, email: row.email, roles: new Map(Object.entries(row.roles ?? {})) },
    }
  }

  async close(secret: string): Promise<void> {
    await this.#home.query('delete from registry.sessions where hash = $1', [hashToken(secret)])
  }

  /** Whoever changes a password wants nobody else to stay signed in. */
  async closeAll(user: string): Promise<void> {
    await this.#home.query('delete from registry.sessions where user_name = $1', [user])
  }
}

/** What a form must carry to be one of our own: made of the cookie, which another site can neither read nor set. */
export function formToken(secret: string): string {
  return createHash('sha256').update(`form ${secret}`).digest('base64url')
}
