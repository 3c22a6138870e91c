import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { packTarball } from './tarball.ts'

/**
 * The acceptance test of a running registry, whichever: `BASE_URL=http://... npm run test:api`. It publishes one component below
 * the scope of its own user and reads it back by every way there is. It removes nothing. Node's own modules only.
 *
 * Who it is: REGISTRY_TOKEN (with REGISTRY_SCOPE, what it may publish to), or a user of its own, where the registry lets users
 * register (REGISTRY_SELF_REGISTRATION).
 */
const base = (process.env['BASE_URL'] ?? 'http://127.0.0.1:4873').replace(/\/+$/, '')
const run = randomBytes(4).toString('hex')
const user = `acceptance-${run}`
const scope = process.env['REGISTRY_SCOPE'] ?? `@${user}`
const name = `${scope}/button-${run}`
const version = '1.0.0'

const tarball = packTarball({
  'package.json': JSON.stringify({ name, version, description: `acceptance ${run}`, keywords: ['acceptance'] }),
  'README.md': '# Button\n',
  'button.tsx': 'export const Button = () => <button />\n',
  'registry-item.json': JSON.stringify({ type: 'registry:ui', files: [{ path: 'button.tsx', type: 'registry:ui' }] }),
})
const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`

async function call(
  path: string,
  options: { method?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const { method = 'GET', token, body, headers = {} } = options
  return fetch(`${base}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  })
}

async function expectStatus(response: Response, ...wanted: number[]): Promise<Response> {
  if (!wanted.includes(response.status)) {
    assert.fail(
      `expected ${wanted.join(' or ')} from ${response.url}, found ${response.status}: ${await response.text()}`,
    )
  }
  return response
}

async function register(): Promise<string> {
  const body = {
    name: user,
    password: randomBytes(18).toString('base64url'),
    email: `${user}@example.test`,
    type: 'user',
    roles: [],
  }
  const response = await expectStatus(await call(`/-/user/org.couchdb.user:${user}`, { method: 'PUT', body }), 201)
  const { token } = (await response.json()) as { token: string }
  return token
}

void describe(`the registry at ${base}`, () => {
  let token = ''

  before(async () => {
    token = process.env['REGISTRY_TOKEN'] ?? (await register())
  })

  void it('is live and ready', async () => {
    await expectStatus(await call('/health/live'), 200)
    await expectStatus(await call('/health/ready'), 200)
    await expectStatus(await call('/-/ping'), 200)
  })

  void it('knows who asks', async () => {
    const { username } = (await (await expectStatus(await call('/-/whoami', { token }), 200)).json()) as {
      username: string
    }
    assert.notEqual(username, '')
    await expectStatus(await call('/-/whoami'), 401)
    await expectStatus(await call('/-/whoami', { token: 'slu_unknown' }), 401)
  })

  void it('publishes a component, once', async () => {
    const manifest = { name, version, description: `acceptance ${run}`, keywords: ['acceptance'], dist: { integrity } }
    const body = {
      _id: name,
      name,
      access: 'public',
      'dist-tags': { latest: version },
      versions: { [version]: manifest },
      _attachments: {
        [`${name}-${version}.tgz`]: {
          content_type: 'application/octet-stream',
          data: tarball.toString('base64'),
          length: tarball.length,
        },
      },
    }
    const path = `/${name.replace('/', '%2f')}`
    await expectStatus(await call(path, { method: 'PUT', body }), 401)
    await expectStatus(await call(path, { method: 'PUT', body, token }), 201)
    // The same bytes again change nothing; so a publish may be repeated after a lost answer.
    await expectStatus(await call(path, { method: 'PUT', body, token }), 200)
    const other = packTarball({ 'package.json': JSON.stringify({ name, version }) })
    const conflicting = {
      ...body,
      versions: { [version]: { name, version } },
      _attachments: { 'other.tgz': { data: other.toString('base64'), length: other.length } },
    }
    await expectStatus(await call(path, { method: 'PUT', body: conflicting, token }), 409)
  })

  void it('gives back what was published, and says when nothing changed', async () => {
    for (const path of [`/${name}`, `/${name.replace('/', '%2F')}`]) {
      const response = await expectStatus(await call(path, { token }), 200)
      const packument = (await response.json()) as {
        'dist-tags': Record<string, string>
        versions: Record<string, { dist: { integrity: string; tarball: string } }>
      }
      assert.equal(packument['dist-tags']['latest'], version)
      assert.equal(packument.versions[version]?.dist.integrity, integrity)
      const etag = response.headers.get('etag') ?? ''
      assert.notEqual(etag, '')
      await expectStatus(await call(path, { token, headers: { 'if-none-match': etag } }), 304)
    }
    const abbreviated = await call(`/${name}`, { token, headers: { accept: 'application/vnd.npm.install-v1+json' } })
    assert.match(abbreviated.headers.get('content-type') ?? '', /vnd\.npm\.install-v1\+json/)
    await abbreviated.arrayBuffer()
  })

  void it('serves the very bytes of the tarball', async () => {
    const file = `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
    const response = await expectStatus(await call(`/${name}/-/${file}`, { token }), 200)
    const bytes = Buffer.from(await response.arrayBuffer())
    assert.equal(`sha512-${createHash('sha512').update(bytes).digest('base64')}`, integrity)
  })

  void it('moves and lists dist-tags', async () => {
    const tags = `/-/package/${name}/dist-tags`
    await expectStatus(await call(`${tags}/stable`, { method: 'PUT', body: version, token }), 200, 201)
    const found = (await (await expectStatus(await call(tags, { token }), 200)).json()) as Record<string, string>
    assert.deepEqual(found, { latest: version, stable: version })
  })

  void it('finds it by search before long', async () => {
    const deadline = Date.now() + 60_000
    for (;;) {
      const response = await expectStatus(
        await call(`/-/v1/search?text=${encodeURIComponent(name)}&size=5`, { token }),
        200,
      )
      const { objects } = (await response.json()) as { objects: { package: { name: string } }[] }
      if (objects.some((object) => object.package.name === name)) return
      assert.ok(Date.now() < deadline, `expected ${name} in the search within a minute`)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  })

  void it('says clearly what is not there', async () => {
    const response = await expectStatus(await call(`/${scope}/nothing-${run}`, { token }), 404)
    const problem = (await response.json()) as { code: string; detail: string }
    assert.equal(problem.code, 'PACKAGE_NOT_FOUND')
  })
})
