import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { migrate } from '../../src/shards/migrate.ts'
import { call, publish, signIn } from '../client.ts'
import { startRegistry } from '../running-registry.ts'

/**
 * Two regions: a primary, and a streaming standby that only reads, as a member of an Aurora Global Database does before it takes over. Both
 * are PostgreSQL's own: neither LISTEN nor any write is possible in recovery.
 */
const folder = mkdtempSync(join(tmpdir(), 'registry-replica-'))
const databases = ['registry']
const closing: (() => Promise<void>)[] = []
let primary: EmbeddedPostgres
let standby: EmbeddedPostgres
let near: string
let far: string
let token: string

async function startOn({ url }: EmbeddedPostgres): Promise<string> {
  const registry = await startRegistry({ DATABASE_URLS: `${url}/registry` })
  closing.push(async () => registry.close())
  return registry.url
}

/** Copies the data while nobody writes, then follows the primary. */
async function startStandby(): Promise<void> {
  const [from, to] = [join(folder, 'primary'), join(folder, 'standby')]
  primary = await startEmbeddedPostgres({ folder: from, databases })
  await migrate([`${primary.url}/registry`], 8)
  await primary.stop()
  // With owners and modes: PostgreSQL takes no folder that others may read, and may run as another user.
  execFileSync('cp', ['-a', from, to])
  primary = await startEmbeddedPostgres({ folder: from, databases, port: primary.port })
  const { password, hostname, port } = new URL(primary.url)
  writeFileSync(
    join(to, 'data/postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=postgres password=${password}'\n`,
  )
  writeFileSync(join(to, 'data/standby.signal'), '')
  standby = await startEmbeddedPostgres({ folder: to, databases })
}

async function onStandby<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: `${standby.url}/registry` })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  await startStandby()
  near = await startOn(primary)
  far = await startOn(standby)
  token = await signIn(near, 'eve')
  await publish(near, token, '@eve/open', '1.0.0')
  await publish(near, token, '@eve/closed', '1.0.0', { access: 'restricted' })
})
afterAll(async () => {
  for (const close of closing) await close()
  await standby?.stop()
  await primary?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const patience = { timeout: 120_000, interval: 50 }
const fromFar = (path: string, bearer?: string) => call<Record<string, never>>(`${far}${path}`, { token: bearer })

describe('a region that follows', () => {
  it('really only reads: its database is in recovery', async () => {
    expect(await onStandby('select pg_is_in_recovery() as follows')).toEqual([{ follows: true }])
  })

  it('is ready, and answers what the primary has: packuments, tarballs, searches, the pages', async () => {
    expect((await fromFar('/health/ready')).status).toBe(200)
    await vi.waitFor(async () => expect((await fromFar('/@eve%2fopen')).status).toBe(200), patience)
    const here = await call(`${near}/@eve%2fopen`, { headers: { host: 'registry.test' } })
    const there = await call(`${far}/@eve%2fopen`, { headers: { host: 'registry.test' } })
    expect(there.headers.get('etag')).toBe(here.headers.get('etag'))
    const tarball = '/@eve/open/-/open-1.0.0.tgz'
    const bytes = async (url: string) => Buffer.from(await (await fetch(`${url}${tarball}`)).arrayBuffer())
    expect((await bytes(far)).equals(await bytes(near))).toBe(true)
    await vi.waitFor(async () => {
      const { status, body } = await call<{ objects: { package: { name: string } }[] }>(`${far}/-/v1/search?text=open`)
      expect(status).toBe(200)
      expect(body.objects.map((one) => one.package.name)).toEqual(['@eve/open'])
    }, patience)
    expect((await fromFar('/-/web/')).status).toBe(200)
  })

  it('knows who may read: a token of the primary, and nobody without one', async () => {
    await vi.waitFor(async () => expect((await fromFar('/@eve%2fclosed', token)).status).toBe(200), patience)
    expect((await fromFar('/-/whoami', token)).body).toEqual({ username: 'eve' })
    expect((await fromFar('/@eve%2fclosed')).status).toBeGreaterThanOrEqual(401)
  })

  it('shows what is published in the primary, from the shard every time: nobody tells it of changes', async () => {
    expect((await publish(near, token, '@eve/open', '1.0.1')).status).toBe(201)
    await vi.waitFor(async () => {
      const { body } = await call<{ versions: object }>(`${far}/@eve%2fopen`)
      expect(Object.keys(body.versions)).toEqual(['1.0.0', '1.0.1'])
    }, patience)
  })

  it('refuses writes for now, and says so: 503 and when to come back', async () => {
    const refused = await publish(far, token, '@eve/open', '1.0.2')
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([503, 'UNAVAILABLE'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await call(`${far}/-/v1/login`, { method: 'POST', body: {} })).status).toBe(503)
  })

  it('goes on reading without the primary, and writes once it has taken over, without a new start', async () => {
    await primary.stop()
    expect((await fromFar('/@eve%2fopen')).status).toBe(200)
    expect((await fromFar('/@eve%2fclosed', token)).status).toBe(200)
    expect(await onStandby('select pg_promote() as promoted')).toEqual([{ promoted: true }])
    await vi.waitFor(async () => expect((await publish(far, token, '@eve/open', '1.0.2')).status).toBe(201), patience)
    const { body } = await call<{ versions: object }>(`${far}/@eve%2fopen`)
    expect(Object.keys(body.versions)).toEqual(['1.0.0', '1.0.1', '1.0.2'])
    // It hears of changes from now on, and may answer from memory.
    await vi.waitFor(async () => expect((await fromFar('/health')).body).toMatchObject({ coherent: true }), patience)
  })
})
