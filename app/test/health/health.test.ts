import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let server: RunningRegistry

beforeAll(async () => {
  databases = await startDatabases()
  // The second cluster is where nobody listens, as one that is down is.
  server = await databases.start({ DATABASE_URLS: `${databases.urls[0]},postgresql://nobody@127.0.0.1:1/registry_1` })
})
afterAll(async () => databases.close())

const health = async (path: string) => {
  const { status, body } = await call<{ status: string | number; clusters?: unknown }>(`${server.url}${path}`)
  return { http: status, status: body.status, ...(body.clusters !== undefined && { clusters: body.clusters }) }
}

describe('a registry', () => {
  it('with one cluster that is down is ready for the others, and says which it is', async () => {
    const clusters = [
      { cluster: 0, reachable: true },
      { cluster: 1, reachable: false },
    ]
    // A database that does not answer within two seconds counts as gone: a machine may stop for as long.
    await expect.poll(() => health('/health/ready')).toEqual({ http: 200, status: 'ready', clusters })
    await expect.poll(() => health('/health')).toEqual({ http: 200, status: 'degraded', clusters })
    expect(await signIn(server.url, 'alice')).toMatch(/^slu_/)
  })

  it('with no database at all lives, and is not ready', async () => {
    await databases.postgres.stop()
    expect(await health('/health/live')).toEqual({ http: 200, status: 'live' })
    expect(await health('/health/ready')).toEqual({ http: 503, status: 503 })
    expect(await health('/health')).toMatchObject({ http: 503, status: 'down' })
  })
})
