import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { PageClient } from '../page-client.ts'
import { adminPassword, startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let server: RunningRegistry
let url: string

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
  ;({ url } = server)
  await signIn(url, 'alice')
})
afterAll(async () => databases.close())

const password = 'alice has a password'

async function signedIn(user = 'alice', secret?: string): Promise<PageClient> {
  const client = new PageClient(url)
  const { status } = await client.signIn(user, secret)
  if (status !== 303) throw new Error(`expected ${user} to sign in, found ${status}`)
  await client.get('/-/web/tokens')
  return client
}

async function waitingTerminal() {
  const { body } = await call<{ loginUrl: string; doneUrl: string }>(`${url}/-/v1/login`, { method: 'POST', body: {} })
  return { ...body, id: new URL(body.loginUrl).searchParams.get('for') ?? '' }
}

describe('npm login', () => {
  it('gives the waiting terminal one token when somebody has signed in on the page', async () => {
    const { loginUrl, doneUrl, id } = await waitingTerminal()
    const waiting = await call(doneUrl)
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([202, '1'])
    const client = new PageClient(url)
    await client.get(loginUrl)
    expect((await client.post('/-/web/login', { for: id, user: 'alice', password: 'wrong' })).status).toBe(401)
    expect((await call(doneUrl)).status).toBe(202)
    expect((await client.post('/-/web/login', { for: id, user: 'alice', password })).text).toContain('Signed in')
    const { token } = (await call<{ token: string }>(doneUrl)).body
    expect((await call(`${url}/-/whoami`, { token })).body).toEqual({ username: 'alice' })
    expect((await call(doneUrl)).status).toBe(404)
  })

  it('asks somebody who is signed in already, and lets no link alone sign a terminal in', async () => {
    const { loginUrl, doneUrl, id } = await waitingTerminal()
    const client = await signedIn()
    expect((await client.get(loginUrl)).text).toContain('Sign a terminal in?')
    expect((await call(doneUrl)).status).toBe(202)
    expect((await client.post('/-/web/login', { for: id })).status).toBe(200)
    expect((await call(doneUrl)).status).toBe(200)
    expect((await client.post('/-/web/login', { for: id })).status).toBe(404)
  })
})

describe('forms of other sites', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['without the token of the form', { form: '' }, {}],
    ['with a token of somebody else', { form: 'x'.repeat(43) }, {}],
    ['from another origin', {}, { origin: 'https://evil.example' }],
    ['from nowhere', {}, { origin: 'null' }],
    ['that the browser calls cross-site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['that the browser calls same-site', {}, { 'sec-fetch-site': 'same-site' }],
  ])('change nothing %s', async (_what, fields, headers) => {
    const client = await signedIn()
    const before = (await server.registry.identities.tokens('alice')).length
    for (const path of ['/-/web/tokens', '/-/web/logout', '/-/web/tokens/revoke', '/-/web/login']) {
      const { status, text } = await client.post(path, { label: 'stolen', ...fields }, headers)
      expect([path, status]).toEqual([path, 403])
      expect(text).toContain('BAD_FORM')
    }
    expect(await server.registry.identities.tokens('alice')).toHaveLength(before)
    expect((await client.get('/-/web/tokens')).status).toBe(200)
  })

  it('cannot sign somebody in unseen, and cookies are out of reach of scripts and of the protocols', async () => {
    expect((await new PageClient(url).post('/-/web/login', { user: 'alice', password })).status).toBe(403)
    const client = new PageClient(url)
    await client.get('/-/web/login')
    const { headers } = await client.post('/-/web/login', { user: 'alice', password })
    expect(headers.get('set-cookie')).toMatch(/^registry_session=[\w-]{43}; Path=\/-\/web\/; HttpOnly; SameSite=Lax$/)
    const secure = new PageClient(url)
    const { headers: overTls } = await secure.get('/-/web/login', { 'x-forwarded-proto': 'https' })
    expect(overTls.get('set-cookie')).toContain('; Secure')
    const elsewhere = await fetch(`${url}/-/whoami`, { headers: { cookie: headers.get('set-cookie') ?? '' } })
    expect(elsewhere.status).toBe(401)
  })

  it.each(['https://evil.example/', '//evil.example', '/-/web/\\evil.example', '/-/web/../../x y'])(
    'cannot send somebody to %s after signing in',
    async (next) => {
      const client = new PageClient(url)
      await client.get(`/-/web/login?next=${encodeURIComponent(next)}`)
      expect((await client.post('/-/web/login', { user: 'alice', password, next })).location).toBe('/-/web/')
    },
  )
})

describe('sessions', () => {
  it('end when somebody signs out, here and in the database', async () => {
    const client = await signedIn()
    const { status, location } = await client.post('/-/web/logout', {})
    expect([status, location]).toEqual([303, '/-/web/'])
    expect(client.cookies).not.toContain('registry_session')
    expect((await client.get('/-/web/tokens')).status).toBe(303)
  })

  it('end everywhere when the password changes', async () => {
    const token = await signIn(url, 'carol')
    const client = await signedIn('carol')
    await call(`${url}/-/npm/v1/user`, {
      method: 'POST',
      token,
      body: { password: { old: 'carol has a password', new: 'carol has another' } },
    })
    expect((await client.get('/-/web/tokens')).status).toBe(303)
  })

  it('end after their time', async () => {
    const client = await signedIn()
    await server.registry.home.query("update registry.sessions set expires = now() - interval '1 second'")
    expect((await client.get('/-/web/tokens')).status).toBe(303)
  })
})

describe('tokens', () => {
  it('are made with what was asked for, shown once, listed, and revoked', async () => {
    const client = await signedIn()
    const made = await client.post('/-/web/tokens', {
      label: 'CI <b>',
      kind: 'read',
      days: '7',
      ranges: '127.0.0.0/8, ::1',
    })
    expect(made.status).toBe(201)
    const [token = ''] = /slu_[\w-]{43}/.exec(made.text) ?? []
    expect((await call(`${url}/-/whoami`, { token })).body).toEqual({ username: 'alice' })
    expect((await publish(url, token, '@alice/ro', '1.0.0')).body).toMatchObject({ code: 'READ_ONLY_TOKEN' })
    const { text } = await client.get('/-/web/tokens')
    expect(text).not.toContain(token)
    expect(text).toContain('CI &lt;b&gt;')
    expect(text).toContain('127.0.0.0/8, ::1/128')
    const record = (await server.registry.identities.tokens('alice')).find(({ label }) => label === 'CI <b>')
    expect(record?.expires?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000)
    expect((await client.post('/-/web/tokens/revoke', { key: record?.key ?? '' })).status).toBe(303)
    expect((await call(`${url}/-/whoami`, { token })).status).toBe(401)
  })

  it.each([
    ['a range that is none', { ranges: '10.0.0.0/99' }],
    ['a lifetime that is none', { days: '-1' }],
  ])('are not made with %s', async (_what, fields) => {
    const client = await signedIn()
    const { status, text } = await client.post('/-/web/tokens', { label: 'x', kind: 'read', ...fields })
    expect(status).toBe(400)
    expect(text).toContain('No token was made')
  })

  it('of somebody else cannot be revoked', async () => {
    await signIn(url, 'dave')
    const [record] = await server.registry.identities.tokens('dave')
    const client = await signedIn()
    expect((await client.post('/-/web/tokens/revoke', { key: record?.key ?? '' })).status).toBe(404)
    expect(await server.registry.identities.tokens('dave')).toHaveLength(1)
  })

  it('are made by people who have signed in, not by other tokens', async () => {
    const token = await signIn(url, 'erin')
    const response = await fetch(`${url}/-/web/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ label: 'x', kind: 'write' }),
    })
    expect(response.status).toBe(401)
  })
})

describe('the administrator', () => {
  it('sees shards, balance, cache and everything that happened; nobody else does', async () => {
    await publish(url, await signIn(url, 'alice'), '@alice/audited', '1.0.0')
    const admin = await signedIn('admin', adminPassword)
    const overview = await admin.get('/-/web/admin')
    expect(overview.text).toContain('fullest shard over the mean')
    expect(overview.text.match(/<th scope="row">[0-7]<\/th>/g)).toHaveLength(8)
    const audit = await admin.get('/-/web/admin/audit?text=audited')
    expect(audit.text).toContain('@alice/audited')
    expect(audit.text).toContain('publish')
    expect((await admin.get('/-/web/admin/audit?text=nobody-did-this')).text).toContain('Nothing is logged')
    const client = await signedIn()
    for (const path of ['/-/web/admin', '/-/web/admin/audit', '/-/web/admin/people'])
      expect([path, (await client.get(path)).status]).toEqual([path, 403])
  })

  it('makes users, gives and takes roles, and each is logged', async () => {
    const admin = await signedIn('admin', adminPassword)
    await admin.get('/-/web/admin/people')
    const person = { user: 'frank', password: 'frank has a password', scope: '@team', role: 'read' }
    expect((await admin.post('/-/web/admin/people', person)).status).toBe(303)
    expect((await admin.post('/-/web/admin/people', person)).text).toContain('there is a user frank already')
    const token = await signIn(url, 'frank')
    expect((await publish(url, token, '@team/x', '1.0.0')).status).toBe(403)
    await admin.post('/-/web/admin/grants', { user: 'frank', scope: '@team', role: 'publish' })
    expect((await publish(url, token, '@team/x', '1.0.0')).status).toBe(201)
    await admin.post('/-/web/admin/grants', { user: 'frank', scope: '@team', role: 'none' })
    expect((await publish(url, token, '@team/y', '1.0.0')).status).toBe(403)
    const { text } = await admin.get('/-/web/admin/audit?text=frank')
    expect(text).toContain('user-create')
    expect(text).toContain('grant')
    expect(text).not.toContain('frank has a password')
  })

  it.each([
    ['/-/web/admin/people', { user: 'NO', password: 'long enough to pass', scope: '*', role: 'read' }],
    ['/-/web/admin/people', { user: 'gina', password: 'short', scope: '*', role: 'read' }],
    ['/-/web/admin/people', { user: 'gina', password: 'long enough to pass', scope: 'acme', role: 'read' }],
    ['/-/web/admin/grants', { user: 'alice', scope: '*', role: 'owner' }],
    ['/-/web/admin/grants', { user: 'admin', scope: '*', role: 'none' }],
  ])('is told why %s refuses %j', async (path, fields) => {
    const admin = await signedIn('admin', adminPassword)
    const { status, text } = await admin.post(path, fields)
    expect(status).toBe(400)
    expect(text).toContain('Nothing was changed')
    const client = await signedIn()
    expect((await client.post(path, fields)).status).toBe(403)
  })
})
