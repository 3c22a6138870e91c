import { BlockList, isIP } from 'node:net'
import { RegistryError } from '../errors.ts'
import { scopeOf } from '../packages/names.ts'

export type Role = 'read' | 'publish' | 'admin'

const rank: Readonly<Record<Role, number>> = { read: 1, publish: 2, admin: 3 }

/** Who asks. Roles are granted by scope; the scope `*` stands for all. */
export interface Principal {
  readonly user: string
  readonly email: string
  readonly roles: ReadonlyMap<string, Role>
  /** Absent when the caller gave a password instead of a token. */
  readonly token?: { readonly key: string; readonly readonly: boolean; readonly cidr: readonly string[] }
}

export interface PackageAccess {
  readonly access: 'public' | 'restricted'
  readonly maintainers: readonly { readonly name: string }[]
}

export function roleIn(principal: Principal, scope: string | undefined): number {
  const everywhere = principal.roles.get('*')
  const here = scope === undefined ? undefined : principal.roles.get(scope)
  return Math.max(everywhere ? rank[everywhere] : 0, here ? rank[here] : 0)
}

export function isAdmin(principal: Principal | undefined): boolean {
  return principal !== undefined && roleIn(principal, undefined) >= rank.admin
}

/** Whether a package may be read; a refusal looks like a missing package to whoever is signed in. */
export function mayRead(
  principal: Principal | undefined,
  name: string,
  pkg: PackageAccess,
  anonymousRead: boolean,
): boolean {
  if (anonymousRead && pkg.access === 'public') return true
  if (!principal) return false
  return roleIn(principal, scopeOf(name)) >= rank.read || isMaintainer(principal, pkg)
}

function isMaintainer(principal: Principal, pkg: PackageAccess): boolean {
  return pkg.maintainers.some(({ name }) => name === principal.user)
}

/**
 * Who may change a package: the role `publish` in its scope, or a maintainer of it.
 *
 * @throws RegistryError UNAUTHENTICATED, READ_ONLY_TOKEN or FORBIDDEN
 */
export function demandWrite(principal: Principal | undefined, name: string, pkg?: PackageAccess): Principal {
  const writer = demandMutation(principal)
  if (roleIn(writer, scopeOf(name)) >= rank.publish || (pkg && isMaintainer(writer, pkg))) return writer
  throw new RegistryError(
    'FORBIDDEN',
    `${writer.user} may not change ${name}: ask an administrator for the role publish in its scope`,
  )
}

/** @throws RegistryError UNAUTHENTICATED */
export function demandUser(principal: Principal | undefined): Principal {
  if (principal) return principal
  throw new RegistryError('UNAUTHENTICATED', 'sign in first: npm login --registry <this registry>', {
    headers: { 'www-authenticate': 'Bearer realm="registry"' },
  })
}

/** @throws RegistryError UNAUTHENTICATED or READ_ONLY_TOKEN */
export function demandMutation(principal: Principal | undefined): Principal {
  const user = demandUser(principal)
  if (user.token?.readonly)
    throw new RegistryError('READ_ONLY_TOKEN', 'this token can only read: use one that may write')
  return user
}

/** Whether an address lies in one of the ranges; no ranges means any address. */
export function addressAllowed(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return true
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', bits] = range.split('/')
    list.addSubnet(network, Number(bits ?? (isIP(network) === 6 ? 128 : 32)), isIP(network) === 6 ? 'ipv6' : 'ipv4')
  }
  return isIP(plain) !== 0 && list.check(plain, family)
}

/** @throws RegistryError BAD_REQUEST */
export function checkRange(range: unknown): string {
  const [network = '', bits, ...rest] = typeof range === 'string' ? range.split('/') : []
  const family = isIP(network)
  const width = Number(bits ?? (family === 6 ? 128 : 32))
  if (family === 0 || rest.length > 0 || !Number.isInteger(width) || width < 0 || width > (family === 6 ? 128 : 32)) {
    throw new RegistryError('BAD_REQUEST', `expected a CIDR range such as 10.0.0.0/8, found ${JSON.stringify(range)}`)
  }
  return `${network}/${width}`
}
