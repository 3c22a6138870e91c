import { call, signIn } from '../client.ts'
import { adminPassword } from '../running-registry.ts'
import type { RunningRegistry } from '../running-registry.ts'

/** Everybody who may knock: `reader` and `publisher` have their role in @acme, `stranger` has an account and no role. */
export const actors = [
  'anonymous',
  'stranger',
  'reader',
  'publisher',
  'admin',
  'expired',
  'revoked',
  'readonly',
  'wrongCidr',
] as const
export type Actor = (typeof actors)[number]

export interface Person {
  readonly user: string
  readonly password: string
  /** Absent for the anonymous. */
  readonly token: string | undefined
}
export type People = Readonly<Record<Actor, Person>>

/** The last four are tokens of the publisher: expired, revoked, read-only, and for another network. */
export async function makeActors({ url, registry }: RunningRegistry): Promise<People> {
  const { identities } = registry
  const make = async (user: string, grants: Record<string, 'read' | 'publish'>): Promise<Person> => {
    const password = `${user} has a password`
    await identities.createUser(user, '', password, grants)
    return { user, password, token: await signIn(url, user, password) }
  }
  const publisher = await make('publisher', { '@acme': 'publish' })
  const issue = async (options: Parameters<typeof identities.issueToken>[1]): Promise<Person> => ({
    ...publisher,
    token: (await identities.issueToken('publisher', options)).token,
  })
  const revoked = await issue({})
  await call(`${url}/-/user/token/${revoked.token}`, { method: 'DELETE', token: revoked.token })
  return {
    anonymous: { ...publisher, token: undefined },
    stranger: await make('stranger', {}),
    reader: await make('reader', { '@acme': 'read' }),
    publisher,
    admin: { user: 'admin', password: adminPassword, token: await signIn(url, 'admin', adminPassword) },
    expired: await issue({ expires: new Date(Date.now() - 1000) }),
    revoked,
    readonly: await issue({ readonly: true }),
    wrongCidr: await issue({ cidr: ['10.0.0.0/8'] }),
  }
}
