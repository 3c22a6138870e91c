import { publishDocument } from '../client.ts'
import type { Actor, Person } from './actors.ts'

type Statuses = Readonly<Record<Actor, number>>

/** Credentials that are wrong are refused wherever somebody looks at them. */
const wrong = { expired: 401, revoked: 401, wrongCidr: 403 } as const

const everybody = (status: number): Statuses => ({
  anonymous: status,
  stranger: status,
  reader: status,
  publisher: status,
  admin: status,
  expired: status,
  revoked: status,
  readonly: status,
  wrongCidr: status,
})
/** Anybody, but nobody with wrong credentials. */
const welcome = (status = 200): Statuses => ({ ...everybody(status), ...wrong })
const signedIn = (status = 200): Statuses => ({ ...everybody(status), ...wrong, anonymous: 401 })
const signedInToWrite = (status = 200): Statuses => ({ ...signedIn(status), readonly: 403 })
/** A restricted package in @acme: whoever has no role there is told that it does not exist. */
const readers = (status = 200): Statuses => ({ ...signedIn(status), stranger: 404 })
const publishers = (status = 200): Statuses => ({ ...signedInToWrite(status), stranger: 403, reader: 403 })
const admins = (status = 200): Statuses => ({ ...publishers(status), publisher: 403 })
/** Forms of the pages are for browsers that have signed in there: no token opens them. */
const noToken = (status: 401 | 403): Statuses => ({ ...everybody(status), ...wrong })

export interface Cell {
  readonly statuses: Statuses
  /** The request of one actor; whatever it changes is the actor's own, so that every cell finds what it needs. */
  readonly path: (actor: Actor, person: Person, made: Made) => string
  readonly body?: (actor: Actor, person: Person) => unknown
  /** Published by an administrator before the request. */
  readonly needs?: (actor: Actor) => string
  /** A token of the actor's user is made before the request. */
  readonly needsToken?: boolean
  readonly form?: boolean
}

/** What was made before the request. */
export interface Made {
  readonly key: string
  readonly token: string
  /** Of the package that was published. */
  readonly rev: string
}

const at =
  (path: string): Cell['path'] =>
  () =>
    path
const own = (kind: string) => (actor: Actor) => `@acme/${kind}-${actor.toLowerCase()}`
const plain = (kind: string) => (actor: Actor) => `${kind}-${actor.toLowerCase()}`
const encoded = (name: string) => name.replace('/', '%2f')

const read = (path: string): Cell => ({ statuses: readers(), path: at(path) })
const open = (path: string, statuses = everybody(200), body?: unknown): Cell => ({
  statuses,
  path: at(path),
  ...(body !== undefined && { body: () => body }),
})
const later = open('/-/org/acme/team', everybody(501))
const form = (path: string, status: 401 | 403, fields: Record<string, string> = {}): Cell => ({
  statuses: noToken(status),
  path: at(path),
  body: () => fields,
  form: true,
})

/** Changes of a package: scoped in @acme, where the publisher may; and unscoped, where a role for everything is needed. */
function change(
  kind: string,
  status: number,
  path: (name: string, made: Made) => string,
  body?: (name: string, made?: Made) => unknown,
): { scoped: Cell; bare: Cell } {
  const cell = (nameOf: (actor: Actor) => string, statuses: Statuses): Cell => ({
    statuses,
    needs: nameOf,
    path: (actor, _person, made) => path(encoded(nameOf(actor)), made),
    ...(body && { body: (actor: Actor) => body(nameOf(actor)) }),
  })
  return { scoped: cell(own(kind), publishers(status)), bare: cell(plain(kind), admins(status)) }
}

const deprecating = (name: string) => ({ name, versions: { '1.0.0': { deprecated: 'use less' } } })
const publishing = change(
  'publish',
  201,
  (name) => `/${name}`,
  (name) => publishDocument(name, '2.0.0'),
)
const deprecation = change('deprecate', 200, (name) => `/${name}`, deprecating)
const owners = change(
  'owners',
  200,
  (name, { rev }) => `/${name}/-rev/${rev}`,
  () => ({ maintainers: [{ name: 'publisher' }] }),
)
const unpublishing = change('unpublish', 200, (name, { rev }) => `/${name}/-rev/${rev}`)
const tarballs = change(
  'tarball',
  201,
  (name, { rev }) => `/${name}/-/${decodeURIComponent(name).replace(/^@acme\//, '')}-1.0.0.tgz/-rev/${rev}`,
)
const tagging = change(
  'tag',
  201,
  (name) => `/-/package/${name}/dist-tags/next`,
  () => '1.0.0',
)
const untagging = change('untag', 200, (name) => `/-/package/${name}/dist-tags/old`)
const access = change(
  'access',
  200,
  (name) => `/-/package/${name}/access`,
  () => ({ access: 'restricted' }),
)

/** Every route of the router with what each actor is answered. A route without a line here fails the test. */
export const cells: Readonly<Record<string, readonly Cell[]>> = {
  'GET /metrics': [open('/metrics')],
  'GET /health': [open('/health')],
  'GET /health/live': [open('/health/live')],
  'GET /health/ready': [open('/health/ready')],

  'GET /-/ping': [open('/-/ping')],
  'GET /-/whoami': [{ statuses: signedIn(), path: at('/-/whoami') }],
  'PUT /-/user/:id': [
    {
      statuses: everybody(201),
      path: (_actor, { user }) => `/-/user/org.couchdb.user:${user}`,
      body: (_actor, { user, password }) => ({ name: user, password }),
    },
  ],
  'GET /-/user/:id': [{ statuses: signedIn(), path: at('/-/user/org.couchdb.user:admin') }],
  'DELETE /-/user/token/:token': [
    { statuses: signedIn(), path: (_actor, _person, { token }) => `/-/user/token/${token}`, needsToken: true },
  ],
  'GET /-/npm/v1/tokens': [{ statuses: signedIn(), path: at('/-/npm/v1/tokens') }],
  'POST /-/npm/v1/tokens': [
    {
      statuses: signedInToWrite(201),
      path: at('/-/npm/v1/tokens'),
      body: (_actor, { password }) => ({ password, readonly: true }),
    },
  ],
  'DELETE /-/npm/v1/tokens/token/:key': [
    {
      statuses: signedInToWrite(204),
      path: (_actor, _person, { key }) => `/-/npm/v1/tokens/token/${key}`,
      needsToken: true,
    },
  ],
  'GET /-/npm/v1/user': [{ statuses: signedIn(), path: at('/-/npm/v1/user') }],
  'POST /-/npm/v1/user': [
    { statuses: signedInToWrite(), path: at('/-/npm/v1/user'), body: () => ({ email: 'somebody@example.test' }) },
  ],
  'POST /-/v1/login': [open('/-/v1/login', everybody(200), {})],
  'GET /-/v1/done/:secret': [open('/-/v1/done/nobody-waits-here', everybody(404))],
  'GET /-/v1/search': [open('/-/v1/search?text=x', welcome())],
  'GET /-/npm/v1/keys': [open('/-/npm/v1/keys')],
  'POST /-/npm/v1/security/advisories/bulk': [
    open('/-/npm/v1/security/advisories/bulk', everybody(200), { x: ['1.0.0'] }),
  ],

  'GET /-/org/:scope/package': [read('/-/org/acme/package')],
  'GET /-/user/:user/package': [
    { statuses: signedIn(), path: (_actor, { user }) => `/-/user/${user}/package` },
    { statuses: { ...admins(), readonly: 403 }, path: at('/-/user/somebody/package') },
  ],
  ...Object.fromEntries(
    ['GET', 'PUT', 'POST', 'DELETE'].flatMap((method) => [
      [`${method} /-/org/*`, [later]],
      [`${method} /-/team/*`, [open('/-/team/acme/devs', everybody(501))]],
      [`${method} /-/stage`, [open('/-/stage', everybody(501))]],
      [`${method} /-/stage/*`, [open('/-/stage/1', everybody(501))]],
      [`${method} /-/npm/v1/oidc/*`, [open('/-/npm/v1/oidc/token/exchange/package/x', everybody(501))]],
      [`${method} /-/npm/v1/hooks`, [open('/-/npm/v1/hooks', everybody(501))]],
      [`${method} /-/npm/v1/hooks/*`, [open('/-/npm/v1/hooks/hook', everybody(501))]],
    ]),
  ),
  ...Object.fromEntries(
    ['GET', 'POST', 'DELETE'].flatMap((method) =>
      ['', '/:tag'].flatMap((tag) => [
        [`${method} /-/package/:name/trust${tag}`, [open(`/-/package/x/trust${tag && '/1'}`, everybody(501))]],
        [
          `${method} /-/package/:scope(^@[^/]+)/:name/trust${tag}`,
          [open(`/-/package/@acme%2fx/trust${tag && '/1'}`, everybody(501))],
        ],
      ]),
    ),
  ),

  'GET /': [open('/', everybody(302))],
  'GET /-/web/': [open('/-/web/', welcome())],
  'GET /-/web/package/:name': [open('/-/web/package/plain', welcome())],
  'GET /-/web/package/:scope(^@[^/]+)/:name': [
    read('/-/web/package/@acme/closed'),
    open('/-/web/package/@acme/open', welcome()),
  ],
  'GET /-/web/login': [open('/-/web/login', welcome())],
  'POST /-/web/login': [form('/-/web/login', 403, { user: 'admin', password: 'x' })],
  'POST /-/web/logout': [form('/-/web/logout', 401)],
  'GET /-/web/tokens': [{ statuses: signedIn(), path: at('/-/web/tokens') }],
  'POST /-/web/tokens': [form('/-/web/tokens', 401, { label: 'x', kind: 'write' })],
  'POST /-/web/tokens/revoke': [form('/-/web/tokens/revoke', 401, { key: 'x' })],
  'GET /-/web/admin': [{ statuses: admins(), path: at('/-/web/admin') }],
  'GET /-/web/admin/audit': [{ statuses: admins(), path: at('/-/web/admin/audit') }],
  'GET /-/web/admin/people': [{ statuses: admins(), path: at('/-/web/admin/people') }],
  'POST /-/web/admin/people': [form('/-/web/admin/people', 401, { user: 'eve', password: 'long enough to be one' })],
  'POST /-/web/admin/grants': [form('/-/web/admin/grants', 401, { user: 'publisher', scope: '*', role: 'admin' })],

  'GET /r/registries.json': [open('/r/registries.json', welcome())],
  'GET /r/index.json': [open('/r/index.json', welcome())],
  'GET /r/styles/index.json': [open('/r/styles/index.json')],
  'GET /r/colors/:color': [open('/r/colors/neutral.json')],
  'GET /r/styles/:style/:file': [open('/r/styles/new-york/open.json', welcome())],
  'GET /r/:file': [open('/r/registry.json', welcome()), open('/r/open.json', welcome())],
  'GET /r/:scope(^@[^/]+)/:file': [
    read('/r/@acme/closed.json'),
    read('/r/@acme/closed@1.0.0.json'),
    open('/r/@acme/registry.json', welcome()),
    open('/r/@acme/open.json'),
  ],

  // A public package is the same for everybody, so nobody's credentials are looked at.
  'GET /:name': [open('/plain'), open('/missing', { ...everybody(404), ...wrong })],
  'GET /:scope(^@[^/]+)/:name': [read('/@acme%2fclosed'), read('/@acme/closed?write=true'), open('/@acme%2fopen')],
  'GET /:name/:version': [open('/plain/1.0.0')],
  'GET /:scope(^@[^/]+)/:name/:version': [read('/@acme%2fclosed/latest'), open('/@acme/open/1.0.0')],
  'GET /:name/-/:file': [open('/plain/-/plain-1.0.0.tgz')],
  'GET /:scope(^@[^/]+)/:name/-/:file': [
    read('/@acme/closed/-/closed-1.0.0.tgz'),
    open('/@acme/open/-/open-1.0.0.tgz'),
  ],
  'GET /:name/-/:fileScope/:file': [open('/plain/-/@x/plain-1.0.0.tgz')],
  'GET /:scope(^@[^/]+)/:name/-/:fileScope/:file': [read('/@acme/closed/-/@acme/closed-1.0.0.tgz')],
  'GET /-/package/:name/dist-tags': [open('/-/package/plain/dist-tags')],
  'GET /-/package/:scope(^@[^/]+)/:name/dist-tags': [read('/-/package/@acme%2fclosed/dist-tags')],
  'GET /-/package/:name/visibility': [open('/-/package/plain/visibility')],
  'GET /-/package/:scope(^@[^/]+)/:name/visibility': [read('/-/package/@acme%2fclosed/visibility')],
  'GET /-/package/:name/collaborators': [open('/-/package/plain/collaborators')],
  'GET /-/package/:scope(^@[^/]+)/:name/collaborators': [read('/-/package/@acme%2fclosed/collaborators')],

  'PUT /:name': [publishing.bare, deprecation.bare],
  'PUT /:scope(^@[^/]+)/:name': [publishing.scoped, deprecation.scoped],
  'PUT /:name/-rev/:rev': [owners.bare],
  'PUT /:scope(^@[^/]+)/:name/-rev/:rev': [owners.scoped],
  'DELETE /:name/-rev/:rev': [unpublishing.bare],
  'DELETE /:scope(^@[^/]+)/:name/-rev/:rev': [unpublishing.scoped],
  'DELETE /:name/-/:file/-rev/:rev': [tarballs.bare],
  'DELETE /:scope(^@[^/]+)/:name/-/:file/-rev/:rev': [tarballs.scoped],
  'PUT /-/package/:name/dist-tags/:tag': [tagging.bare],
  'PUT /-/package/:scope(^@[^/]+)/:name/dist-tags/:tag': [tagging.scoped],
  'DELETE /-/package/:name/dist-tags/:tag': [untagging.bare],
  'DELETE /-/package/:scope(^@[^/]+)/:name/dist-tags/:tag': [untagging.scoped],
  'POST /-/package/:name/access': [access.bare],
  'POST /-/package/:scope(^@[^/]+)/:name/access': [access.scoped],
}
