import { verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminPassword, startDatabases } from './running-registry.ts'
import type { Databases, RunningRegistry } from './running-registry.ts'
import { call, publish, publishDocument, signIn } from './client.ts'

interface Packument {
  _rev: string
  'dist-tags': Record<string, string>
  versions: Record<
    string,
    { deprecated?: string; readme?: string; dist: Record<string, unknown> & { integrity: string; tarball: string } }
  >
  time: Record<string, string>
}

let databases: Databases
let server: RunningRegistry
let url: string
let alice: string

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
  ;({ url } = server)
  alice = await signIn(url, 'alice')
})
afterAll(async () => databases.close())

const packument = async (name: string, headers: Record<string, string> = {}) =>
  call<Packument>(`${url}/${name}`, { headers })

describe('publish', () => {
  it('shows the version, its tags and its time, and derives the tarball URL itself', async () => {
    expect((await publish(url, alice, '@alice/button', '1.0.0', { files: { 'README.md': '# Hello' } })).status).toBe(
      201,
    )
    const { body } = await packument('@alice/button')
    expect(body['dist-tags']).toEqual({ latest: '1.0.0' })
    expect(body.versions['1.0.0']?.dist.tarball).toBe(`${url}/@alice/button/-/button-1.0.0.tgz`)
    expect(body.time['1.0.0']).toMatch(/^20\d\d-.*Z$/)
    expect(body).toMatchObject({ readme: '# Hello', maintainers: [{ name: 'alice' }] })
  })

  it('answers the same bytes with 200 and other bytes with 409, for ever', async () => {
    await publish(url, alice, '@alice/fixed', '1.0.0')
    expect((await publish(url, alice, '@alice/fixed', '1.0.0')).status).toBe(200)
    const other = await publish(url, alice, '@alice/fixed', '1.0.0', { files: { 'x.js': '1' } })
    expect(other).toMatchObject({ status: 409, body: { code: 'VERSION_EXISTS' } })
    const { body } = await packument('@alice/fixed')
    await call(`${url}/@alice/fixed/-rev/${body._rev}`, { method: 'DELETE', token: alice })
    expect((await packument('@alice/fixed')).status).toBe(404)
    expect((await publish(url, alice, '@alice/fixed', '1.0.0', { files: { 'x.js': '1' } })).status).toBe(409)
    expect((await publish(url, alice, '@alice/fixed', '1.0.1')).status).toBe(201)
    expect(Object.keys((await packument('@alice/fixed')).body.versions)).toEqual(['1.0.1'])
  })

  it('takes one of many publishers of the same version', async () => {
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        publish(url, alice, '@alice/race', '1.0.0', { files: { 'index.js': String(index) } }),
      ),
    )
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 11 }, () => 409),
    ])
  })

  it('refuses a stranger, somebody without a role, and a scope of somebody else', async () => {
    const body = publishDocument('@alice/mine', '1.0.0')
    expect((await call(`${url}/@alice%2fmine`, { method: 'PUT', body })).status).toBe(401)
    expect((await call(`${url}/@alice%2fmine`, { method: 'PUT', body, token: await signIn(url, 'bob') })).status).toBe(
      403,
    )
    expect((await packument('@alice/mine')).status).toBe(404)
  })

  it('signs what it publishes', async () => {
    await publish(url, alice, '@alice/signed', '1.0.0')
    const { keys } = (await call<{ keys: { key: string; keyid: string }[] }>(`${url}/-/npm/v1/keys`)).body
    const version = (await packument('@alice/signed')).body.versions['1.0.0']
    const [signature] = (version?.dist['signatures'] ?? []) as { keyid: string; sig: string }[]
    const key = Buffer.from(keys[0]?.key ?? '', 'base64')
    const text = Buffer.from(`@alice/signed@1.0.0:${version?.dist.integrity}`)
    expect(signature?.keyid).toBe(keys[0]?.keyid)
    expect(
      verify('sha256', text, { key, format: 'der', type: 'spki' }, Buffer.from(signature?.sig ?? '', 'base64')),
    ).toBe(true)
  })
})

describe('packuments', () => {
  it.each(['@alice/forms', '@alice%2fforms', '@alice%2Fforms', '%40alice%2fforms'])('answers %s', async (form) => {
    await publish(url, alice, '@alice/forms', '1.0.0')
    expect((await packument(form)).status).toBe(200)
    expect((await call(`${url}/${form}/-/forms-1.0.0.tgz`)).status).toBe(200)
  })

  it.each(['gzip', 'br', 'zstd', 'identity'])('encodes as %s and says 304 for its own entity tag', async (encoding) => {
    await publish(url, alice, '@alice/big', '1.0.0', {
      manifest: {
        dependencies: Object.fromEntries(Array.from({ length: 200 }, (_, each) => [`dependency-${each}`, '1.0.0'])),
      },
    })
    for (const accept of [
      'application/json',
      'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
    ]) {
      const headers = { accept, 'accept-encoding': encoding }
      for (const _round of ['built', 'from memory']) {
        const first = await packument('@alice/big', headers)
        expect(first.body.versions['1.0.0']).toBeDefined()
        expect(first.headers.get('content-encoding') ?? 'identity').toBe(
          encoding === 'identity' ? 'identity' : encoding,
        )
        const again = await packument('@alice/big', { ...headers, 'if-none-match': first.headers.get('etag') ?? '' })
        expect(again.status).toBe(304)
      }
    }
  })

  it('leaves out of the abbreviated form what an installer does not need', async () => {
    await publish(url, alice, '@alice/short', '1.0.0', {
      manifest: { description: 'long', scripts: { x: 'y' }, dependencies: { a: '1' } },
    })
    const { body, headers } = await packument('@alice/short', { accept: 'application/vnd.npm.install-v1+json' })
    expect(headers.get('content-type')).toBe('application/vnd.npm.install-v1+json')
    expect(body.versions['1.0.0']).not.toHaveProperty('scripts')
    expect(body.versions['1.0.0']).toMatchObject({ dependencies: { a: '1' } })
    expect(body).toHaveProperty('modified')
  })

  it('forgets that a package is missing when it is published', async () => {
    expect((await packument('@alice/later')).status).toBe(404)
    await publish(url, alice, '@alice/later', '1.0.0')
    expect((await packument('@alice/later')).status).toBe(200)
  })

  it('resolves versions, tags and ranges', async () => {
    for (const version of ['1.0.0', '1.2.0', '2.0.0']) await publish(url, alice, '@alice/ranged', version)
    for (const [wanted, found] of [
      ['1.0.0', '1.0.0'],
      ['latest', '2.0.0'],
      ['^1.0.0', '1.2.0'],
    ] as const) {
      expect((await call<{ version: string }>(`${url}/@alice/ranged/${encodeURIComponent(wanted)}`)).body.version).toBe(
        found,
      )
    }
    expect((await call(`${url}/@alice/ranged/9.9.9`)).status).toBe(404)
  })
})

describe('changes', () => {
  it.each([
    ['/', '@alice/write-plain'],
    ['%2f', '@alice%2fwrite-lower'],
    ['%2F', '@alice%2Fwrite-upper'],
    ['%2f, and %40 for @', '%40alice%2fwrite-at'],
  ])('are taken for a scope that is written with %s', async (_form, form) => {
    const name = decodeURIComponent(form)
    const put = (path: string, body: unknown) => call(`${url}/${path}`, { method: 'PUT', token: alice, body })
    expect((await put(form, publishDocument(name, '1.0.0'))).status).toBe(201)
    expect((await put(`-/package/${form}/dist-tags/next`, '1.0.0')).status).toBe(201)
    expect((await put(form, { name, versions: { '1.0.0': { deprecated: 'old' } } })).status).toBe(200)
    const { body } = await packument(`${form}?write=true`)
    expect(body).toMatchObject({
      'dist-tags': { latest: '1.0.0', next: '1.0.0' },
      versions: { '1.0.0': { deprecated: 'old' } },
    })
    expect((await call(`${url}/${form}/-rev/${body._rev}`, { method: 'DELETE', token: alice })).status).toBe(200)
    expect((await packument(form)).status).toBe(404)
  })

  it('deprecates, and takes it back without a trace', async () => {
    await publish(url, alice, '@alice/old', '1.0.0')
    const { body } = await packument('@alice/old?write=true')
    const deprecate = async (message: string) =>
      call(`${url}/@alice%2fold`, {
        method: 'PUT',
        token: alice,
        body: { ...body, versions: { '1.0.0': { ...body.versions['1.0.0'], deprecated: message } } },
      })
    await deprecate('use new')
    expect((await packument('@alice/old')).body.versions['1.0.0']?.deprecated).toBe('use new')
    await deprecate('')
    expect((await packument('@alice/old')).body.versions['1.0.0']).not.toHaveProperty('deprecated')
  })

  it('moves tags, keeps latest, and refuses tags that look like versions', async () => {
    await publish(url, alice, '@alice/tags', '1.0.0')
    const tags = `${url}/-/package/@alice%2ftags/dist-tags`
    expect((await call(`${tags}/next`, { method: 'PUT', token: alice, body: '1.0.0' })).status).toBe(201)
    expect((await call(tags)).body).toEqual({ latest: '1.0.0', next: '1.0.0' })
    expect((await call(`${tags}/next`, { method: 'DELETE', token: alice })).status).toBe(200)
    expect((await call(`${tags}/latest`, { method: 'DELETE', token: alice })).status).toBe(400)
    expect((await call(`${tags}/1.0`, { method: 'PUT', token: alice, body: '1.0.0' })).status).toBe(400)
    expect((await call(`${tags}/next`, { method: 'PUT', token: alice, body: '7.0.0' })).status).toBe(404)
  })

  it('unpublishes one version as npm does it, and latest falls back', async () => {
    for (const version of ['1.0.0', '1.1.0']) await publish(url, alice, '@alice/gone', version)
    const { body } = await packument('@alice/gone?write=true')
    const { '1.1.0': _gone, ...versions } = body.versions
    const path = `${url}/@alice%2fgone/-rev/${body._rev}`
    expect((await call(path, { method: 'PUT', token: alice, body: { ...body, versions } })).status).toBe(200)
    expect((await call(path, { method: 'PUT', token: alice, body: { ...body, versions } })).status).toBe(409)
    const after = (await packument('@alice/gone?write=true')).body
    const tarball = `${url}/@alice/gone/-/gone-1.1.0.tgz/-rev/${after._rev}`
    expect((await call(tarball, { method: 'DELETE', token: alice })).status).toBe(201)
    expect(after['dist-tags']).toEqual({ latest: '1.0.0' })
    expect((await call(`${url}/@alice/gone/-/gone-1.1.0.tgz`)).status).toBe(404)
  })

  it('gives a package further owners, who may then publish', async () => {
    await publish(url, alice, '@alice/shared', '1.0.0')
    const carol = await signIn(url, 'carol')
    expect((await publish(url, carol, '@alice/shared', '1.0.1')).status).toBe(403)
    const { body } = await packument('@alice/shared?write=true')
    const maintainers = [
      { name: 'alice', email: 'a@example.test' },
      { name: 'carol', email: 'c@example.test' },
    ]
    const owners = { _id: '@alice/shared', _rev: body._rev, maintainers }
    expect(
      (await call(`${url}/@alice%2fshared/-rev/${body._rev}`, { method: 'PUT', token: alice, body: owners })).status,
    ).toBe(200)
    expect((await publish(url, carol, '@alice/shared', '1.0.1')).status).toBe(201)
    expect((await call(`${url}/-/package/@alice%2fshared/collaborators`)).body).toEqual({
      alice: 'write',
      carol: 'write',
    })
  })

  it('hides a restricted package from strangers, in memory too', async () => {
    await publish(url, alice, '@alice/hidden', '1.0.0')
    expect((await packument('@alice/hidden')).status).toBe(200)
    await call(`${url}/-/package/@alice%2fhidden/access`, {
      method: 'POST',
      token: alice,
      body: { access: 'restricted' },
    })
    expect((await packument('@alice/hidden')).status).toBe(401)
    expect((await call(`${url}/@alice/hidden/-/hidden-1.0.0.tgz`)).status).toBe(401)
    expect((await call(`${url}/@alice/hidden`, { token: alice })).status).toBe(200)
  })

  it('searches what may be read, with the whole number of matches', async () => {
    for (const name of ['widget-a', 'widget-b', 'widget-c']) {
      await publish(url, alice, `@alice/${name}`, '1.0.0', {
        access: name === 'widget-c' ? 'restricted' : 'public',
        manifest: { keywords: ['wdg'] },
      })
    }
    await server.registry.outbox.drain()
    interface Found {
      total: number
      objects: { package: { name: string; publisher: { username: string }; maintainers: { username: string }[] } }[]
    }
    const search = async (token?: string) =>
      (await call<Found>(`${url}/-/v1/search?text=widget&size=1`, { token })).body
    await expect.poll(async () => (await search()).total).toBe(2)
    const found = await search(alice)
    expect(found.total).toBe(3)
    expect(found.objects[0]?.package).toMatchObject({
      name: '@alice/widget-a',
      publisher: { username: 'alice' },
      maintainers: [{ username: 'alice' }],
    })
  })
})

describe('identities', () => {
  it('creates tokens that only read, only from some addresses, or not for ever; and revokes them', async () => {
    const create = async (options: object) =>
      (
        await call<{ token: string; key: string }>(`${url}/-/npm/v1/tokens`, {
          method: 'POST',
          token: alice,
          body: { password: 'alice has a password', ...options },
        })
      ).body
    const readonly = await create({ readonly: true })
    const elsewhere = await create({ cidr_whitelist: ['10.0.0.0/8'] })
    const whoami = async (token: string) => (await call(`${url}/-/whoami`, { token })).status
    expect(await whoami(readonly.token)).toBe(200)
    expect((await publish(url, readonly.token, '@alice/ro', '1.0.0')).body).toMatchObject({ code: 'READ_ONLY_TOKEN' })
    expect(await whoami(elsewhere.token)).toBe(403)
    const listed = (
      await call<{ objects: { key: string; token: string }[]; urls: object }>(`${url}/-/npm/v1/tokens`, {
        token: alice,
      })
    ).body
    expect(listed.urls).toEqual({})
    expect(listed.objects.map(({ key }) => key)).toContain(readonly.key)
    expect(JSON.stringify(listed)).not.toContain(readonly.token)
    expect(
      (await call(`${url}/-/npm/v1/tokens/token/${readonly.key}`, { method: 'DELETE', token: alice })).status,
    ).toBe(204)
    expect(await whoami(readonly.token)).toBe(401)
  })

  it.each([
    [{ scopes: ['@alice'] }, { status: 501 }],
    [{ packages: ['@alice/button'], packages_and_scopes_permission: 'read-only' }, { status: 501 }],
    [{ packages_and_scopes_permission: 'read-write-stage-only' }, { status: 501 }],
    [{ packages_and_scopes_permission: 'everything' }, { status: 400 }],
    [
      { packages_and_scopes_permission: 'read-only', packages_all: true, name: null },
      { status: 201, body: { readonly: true } },
    ],
  ])('makes no token that may do more than was asked for: %j is answered with %j', async (limits, expected) => {
    const body = { password: 'alice has a password', ...limits }
    expect(await call(`${url}/-/npm/v1/tokens`, { method: 'POST', token: alice, body })).toMatchObject(expected)
  })

  it('signs in with a password, refuses a wrong one, and never takes wrong credentials for none', async () => {
    expect(await signIn(url, 'admin', adminPassword)).toMatch(/^slu_/)
    await expect(signIn(url, 'admin', 'a wrong password')).rejects.toThrow('401')
    const basic = Buffer.from(`admin:${adminPassword}`).toString('base64')
    expect((await call(`${url}/-/whoami`, { headers: { authorization: `Basic ${basic}` } })).body).toEqual({
      username: 'admin',
    })
    expect((await call(`${url}/-/v1/search?text=x`, { token: 'slu_nonsense' })).status).toBe(401)
  })

  it('registers nobody where an administrator makes the users', async () => {
    const closed = await databases.start({ REGISTRY_SELF_REGISTRATION: 'closed', REGISTRY_ANONYMOUS_READ: 'false' })
    await expect(signIn(closed.url, 'dave')).rejects.toThrow('REGISTRATION_CLOSED')
    await publish(url, alice, '@alice/private', '1.0.0')
    expect((await call(`${closed.url}/@alice/private`)).status).toBe(401)
    expect((await call(`${closed.url}/@alice/private`, { token: alice })).status).toBe(200)
    await closed.close()
  })

  it.each([
    ['PUT', '/-/org/acme/team'],
    ['GET', '/-/org/acme/user'],
    ['DELETE', '/-/team/acme/devs/user'],
    ['PUT', '/-/team/acme/devs/package'],
    ['GET', '/-/stage?page=0&perPage=100'],
    ['POST', '/-/stage/package/@alice%2fx'],
    ['POST', '/-/stage/5f0c/approve'],
    ['POST', '/-/npm/v1/oidc/token/exchange/package/@alice%2fx'],
    ['GET', '/-/package/@alice%2fx/trust'],
    ['POST', '/-/package/@alice%2fx/trust'],
    ['DELETE', '/-/package/@alice%2fx/trust/5f0c'],
    ['GET', '/-/npm/v1/hooks'],
  ])('says of %s %s in npm’s words that it is not supported', async (method, path) => {
    const { status, body } = await call(url + path, { method, token: alice })
    const error = expect.stringContaining('not supported by this registry') as string
    expect([status, body]).toMatchObject([501, { code: 'NOT_IMPLEMENTED', error, detail: error }])
  })
})
