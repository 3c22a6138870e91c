import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slotOf } from '../../src/packages/names.ts'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let server: RunningRegistry
let token: string

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start({ MAX_VERSIONS: '3' })
  token = await signIn(server.url, 'alice')
  await publish(server.url, token, '@alice/cached', '1.0.0')
  await publish(server.url, token, '@alice/hidden', '1.0.0', { access: 'restricted' })
})
afterAll(async () => databases.close())

/** How often a shard was asked for `name` while `read` was done; tried again, for a machine that stops for seconds lets leases run out. */
async function expectAsks(name: string, times: number, read: () => Promise<unknown>): Promise<void> {
  await expect
    .poll(
      async () => {
        server.registry.cache.clear()
        server.registry.router.takeRequests()
        await read()
        return server.registry.router.takeRequests()[slotOf(name)] ?? 0
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBe(times)
}

describe('a body that is in no memory', () => {
  it.each([
    ['/@alice/cached', 1],
    // The package, and the bytes.
    ['/@alice/cached/-/cached-1.0.0.tgz', 2],
    ['/@alice/later', 1],
  ])('is asked for once by a hundred who want %s at the same time, and then no more', async (path, times) => {
    const read = async () => (await call(`${server.url}${path}`)).status
    const name = path.split('/').slice(1, 3).join('/')
    await expectAsks(name, times, async () => {
      const statuses = new Set(await Promise.all(Array.from({ length: 100 }, read)))
      expect(statuses).toEqual(new Set([name === '@alice/later' ? 404 : 200]))
    })
    await expectAsks(name, times, async () => {
      for (let turn = 0; turn < 5; turn += 1) await read()
    })
  })

  it('is made again when it is published', async () => {
    expect((await call(`${server.url}/@alice/later`)).status).toBe(404)
    await publish(server.url, token, '@alice/later', '1.0.0')
    expect((await call(`${server.url}/@alice/later`)).status).toBe(200)
  })
})

describe('how old an answer may be', () => {
  it.each([
    ['a packument, never older than what was published', '/@alice/cached', 'public, no-cache'],
    ['a tarball, whose bytes never change', '/@alice/cached/-/cached-1.0.0.tgz', 'public, max-age=31536000, immutable'],
    ['keys, which no publish changes', '/-/npm/v1/keys', 'public, max-age=3600, stale-while-revalidate=86400'],
    ['colours', '/r/colors/neutral.json', 'public, max-age=3600, stale-while-revalidate=86400'],
    ['styles', '/r/styles/index.json', 'public, max-age=3600, stale-while-revalidate=86400'],
    ['what is ready now', '/health/ready', 'no-store'],
  ])('%s', async (_what, path, expected) => {
    const { status, headers } = await call(`${server.url}${path}`)
    expect([status, headers.get('cache-control')]).toEqual([200, expected])
  })

  it.each(['/@alice/hidden', '/@alice/hidden/-/hidden-1.0.0.tgz'])('is nobody else’s business: %s', async (path) => {
    const { status, headers } = await call(`${server.url}${path}`, { token })
    expect([status, headers.get('cache-control')]).toEqual([200, expect.stringMatching(/^private, /)])
  })

  it.each(['/-/v1/search?text=cached', '/r/registry.json', '/@alice/missing'])(
    'is not said of what the next publish may change: %s',
    async (path) => {
      const { headers } = await call(`${server.url}${path}`)
      expect(headers.get('cache-control') ?? '').not.toMatch(/max-age|stale/)
    },
  )
})

it.each([
  ['1.1.0', 201, { ok: true }],
  ['1.2.0', 201, { ok: true }],
  ['1.3.0', 413, { code: 'TOO_LARGE', detail: '@alice/cached has 3 versions: unpublish some, or raise MAX_VERSIONS' }],
  ['1.2.0', 200, { ok: true }],
])('takes so many versions of a package and no more: %s is answered with %i', async (version, status, body) => {
  expect(await publish(server.url, token, '@alice/cached', version)).toMatchObject({ status, body })
})
