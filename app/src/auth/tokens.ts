import type { FastifyRequest } from 'fastify'
import { RegistryError } from '../errors.ts'
import type { Identities } from './identities.ts'
import type { TokenRecord } from './token.ts'
import { checkRange } from './principal.ts'

interface Parts {
  readonly identities: Identities
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
  { identities }: Parts,
  user: string,
  { label, readonly, ranges, days }: TokenWish,
  request: FastifyRequest,
): Promise<{ token: string; record: TokenRecord }> {
  const wanted = {
    label,
    readonly,
    cidr: ranges.map(checkRange),
    ...(days !== undefined && { expires: new Date(Date.now() + days * 86_400_000) }),
  }
  return identities.issueToken(user, wanted, ({ key }) => ({
    actor: user,
    action: 'token-create',
    subject: key,
    request,
    detail: { readonly, ranges },
  }))
}

/** @throws RegistryError NOT_FOUND */
export async function revokeToken(
  { identities }: Parts,
  user: string,
  key: string,
  request: FastifyRequest,
): Promise<void> {
  const revoked = await identities.revoke(user, key, (subject) =>
    subject === undefined ? undefined : { actor: user, action: 'token-revoke', subject, request },
  )
  if (!revoked) throw new RegistryError('NOT_FOUND', 'there is no such token')
}
