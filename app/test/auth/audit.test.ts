import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { PageClient } from '../page-client.ts'
import { adminPassword, startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let server: RunningRegistry

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
})
afterAll(async () => databases.close())

interface Row {
  actor: string
  action: string
  subject: string
}

async function logged(subject: string): Promise<Row[]> {
  const { router, home } = server.registry
  const places = [{ schema: 'registry', pool: home }, ...router.shards()]
  const rows: Row[] = []
  for (const { schema, pool } of places) {
    const found = await pool.query<Row>(
      `select actor, action, subject from ${schema}.audit where subject = $1 order by id`,
      [subject],
    )
    rows.push(...found.rows)
  }
  return rows
}

describe('the audit log', () => {
  it('has a line for every change of a package, and none for what was refused', async () => {
    const { url } = server
    const [token, stranger] = [await signIn(url, 'alice'), await signIn(url, 'mallory')]
    const name = '@alice/audited'
    const path = `${url}/@alice%2faudited`
    const put = (suffix: string, body: unknown) =>
      call(`${url}/-/package/@alice%2faudited/dist-tags/${suffix}`, { method: 'PUT', token, body })
    await publish(url, token, name, '1.0.0')
    await publish(url, token, name, '1.1.0')
    expect((await publish(url, stranger, name, '2.0.0')).status).toBe(403)
    expect((await publish(url, token, name, '1.1.0', { files: { 'a.js': 'other' } })).status).toBe(409)
    await put('next', '1.0.0')
    await call(`${url}/-/package/@alice%2faudited/dist-tags/next`, { method: 'DELETE', token })
    await call(path, { method: 'PUT', token, body: { versions: { '1.0.0': { deprecated: 'old' } } } })
    const body = { access: 'restricted' }
    await call(`${url}/-/package/@alice%2faudited/access`, { method: 'POST', token, body })
    const rev = async () => (await call<{ _rev: string }>(`${path}?write=true`, { token })).body._rev
    await call(`${path}/-rev/${await rev()}`, { method: 'PUT', token, body: { maintainers: [{ name: 'alice' }] } })
    await call(`${path}/-rev/${await rev()}`, { method: 'PUT', token, body: { versions: { '1.0.0': {} } } })
    await call(`${path}/-rev/${await rev()}`, { method: 'DELETE', token })
    expect((await logged(name)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'alice publish',
      'alice publish',
      'alice tag',
      'alice untag',
      'alice deprecate',
      'alice access',
      'alice owners',
      'alice unpublish',
      'alice unpublish-all',
    ])
  })

  it('has a line for every change of a token', async () => {
    const { url } = server
    const token = await signIn(url, 'bert')
    const made = await call<{ key: string }>(`${url}/-/npm/v1/tokens`, {
      method: 'POST',
      token,
      body: { password: 'bert has a password', readonly: true, cidr_whitelist: [] },
    })
    await call(`${url}/-/npm/v1/tokens/token/${made.body.key}`, { method: 'DELETE', token })
    expect((await logged(made.body.key)).map(({ action }) => action)).toEqual(['token-create', 'token-revoke'])
    expect((await logged('bert')).map(({ action }) => action)).toEqual(['register', 'login'])
  })

  it('has a line for whoever signs in and out, by a browser or a terminal, and for a changed profile and password', async () => {
    const { url } = server
    const token = await signIn(url, 'cora')
    const profile = (body: object) => call(`${url}/-/npm/v1/user`, { method: 'POST', token, body })
    await profile({ email: 'cora@acme.test' })
    await profile({ password: { old: 'cora has a password', new: 'cora has another password' } })
    const browser = new PageClient(url)
    await browser.signIn('cora', 'cora has a password')
    await browser.signIn('cora', 'cora has another password')
    await browser.get('/-/web/tokens')
    await browser.post('/-/web/logout', {})
    const actions = (await logged('cora')).map(({ action }) => action)
    expect(actions).toEqual(['register', 'login', 'profile-change', 'password-change', 'sign-in', 'sign-out'])
    const { key } =
      (await call<{ objects: { key: string }[] }>(`${url}/-/npm/v1/tokens`, { token })).body.objects[0] ?? {}
    await call(`${url}/-/user/token/${token}`, { method: 'DELETE', token })
    expect((await logged(key ?? '')).map(({ action }) => action)).toEqual(['logout'])
  })

  it('is part of the change: what cannot be logged does not happen', async () => {
    const { url, registry } = server
    const token = await signIn(url, 'dina')
    const password = 'dina has a password'
    const made = await call<{ key: string; token: string }>(`${url}/-/npm/v1/tokens`, {
      method: 'POST',
      token,
      body: { password },
    })
    const admin = new PageClient(url)
    await admin.signIn('admin', adminPassword)
    await admin.get('/-/web/admin/people')
    const state = async () => {
      const { rows } = await registry.home.query<object>(
        `select (select json_agg(t order by key) from registry.tokens t) as tokens, (select json_agg(g order by user_name, scope) from registry.grants g) as grants,
           (select json_agg(u order by name) from registry.users u) as users`,
      )
      return rows
    }
    const before = await state()
    await registry.home.query('alter table registry.audit add constraint full_disk check (false) not valid')
    try {
      const statuses = [
        await call(`${url}/-/npm/v1/tokens`, { method: 'POST', token, body: { password } }),
        await call(`${url}/-/npm/v1/tokens/token/${made.body.key}`, { method: 'DELETE', token }),
        await call(`${url}/-/user/token/${made.body.token}`, { method: 'DELETE', token }),
        await call(`${url}/-/npm/v1/user`, { method: 'POST', token, body: { email: 'dina@acme.test' } }),
        await call(`${url}/-/user/org.couchdb.user:emil`, {
          method: 'PUT',
          body: { name: 'emil', password: 'emil has a password' },
        }),
        await admin.post('/-/web/admin/people', {
          user: 'fay',
          password: 'fay has a password',
          scope: '*',
          role: 'read',
        }),
        await admin.post('/-/web/admin/grants', { user: 'dina', scope: '*', role: 'admin' }),
      ].map(({ status }) => status)
      expect(statuses).toEqual([500, 500, 500, 500, 500, 500, 500])
      expect(await state()).toEqual(before)
    } finally {
      await registry.home.query('alter table registry.audit drop constraint full_disk')
    }
    expect((await call(`${url}/-/whoami`, { token: made.body.token })).status).toBe(200)
  })

  it.each(['update SCHEMA.audit set actor = $$nobody$$', 'delete from SCHEMA.audit', 'truncate SCHEMA.audit'])(
    'refuses: %s',
    async (sql) => {
      await signIn(server.url, 'admin', adminPassword)
      const { router, home } = server.registry
      const places = [{ schema: 'registry', pool: home }, ...router.shards()]
      expect(places).toHaveLength(9)
      for (const { schema, pool } of places) {
        const count = async () =>
          (await pool.query<{ n: number }>(`select count(*)::int as n from ${schema}.audit`)).rows
        const before = await count()
        await expect(pool.query(sql.replace('SCHEMA', schema))).rejects.toThrow('the audit log is append-only')
        expect(await count()).toEqual(before)
      }
    },
  )
})
