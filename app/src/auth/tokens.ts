import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import { RegistryError } from '../errors.ts'
import { audit } from './audit.ts'
import type { Identities, TokenRecord } from './identities.ts'
import { checkRange } from './principal.ts'

interface Parts {
  readonly identities: Identities
  readonly home: pg.Pool
}

export interface TokenWish {
  readonly label: string
  readonly readonly: boolean
  /** CIDR ranges; none means any address. */
  readonly ranges: readonly string[]
  /** How long it lives; for ever when absent. */
  readonly days: number | undefined
}

/** Makes a token, for `npm token create` and for the page alike. @throws RegistryError BAD_REQUEST for a range that is none */
export async function createToken(
  { identities, home }: Parts,
  user: string,
  { label, readonly, ranges, days }: TokenWish,
  request: FastifyRequest,
): Promise<{ token: string; record: TokenRecord }> {
  const made = await identities.issueToken(user, {
    label,
    readonly,
    cidr: ranges.map(checkRange),
    ...(days !== undefined && { expires: new Date(Date.now() + days * 86_400_000) }),
  })
  const { key } = made.record
  await audit(home, { actor: user, action: 'token-create', subject: key, request, detail: { readonly, ranges } })
  return made
}

/** @throws RegistryError NOT_FOUND */
export async function revokeToken(
  { identities, home }: Parts,
  user: string,
  key: string,
  request: FastifyRequest,
): Promise<void> {
  const revoked = await identities.revoke(user, key)
  if (!revoked) throw new RegistryError('NOT_FOUND', 'there is no such token')
  await audit(home, { actor: user, action: 'token-revoke', subject: revoked, request })
}
