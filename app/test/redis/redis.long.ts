import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { nothingLost, underLoad, until } from '../faults/under-load.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'
import { endTasks, startTask } from '../task-process.ts'
import { missingRedis, RedisServers } from './redis-servers.ts'
import type { RedisSetup } from './redis-servers.ts'

/** Redis as production has it: with users, by TLS, as a cluster; shared, gone, hanging and back. */
const missing = missingRedis()
let databases: Databases

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(async () => {
  endTasks()
  await databases.close()
})

const setups: readonly [name: string, setup: RedisSetup][] = [
  ['one server by TLS', { cluster: false, tls: true }],
  ['a cluster of three', { cluster: true, tls: false }],
  ['a cluster of three by TLS', { cluster: true, tls: true }],
]

describe.skipIf(missing).each(setups)('Redis, %s', (name, setup) => {
  const slug = name.replaceAll(/\W+/g, '-').toLowerCase()
  let servers: RedisServers

  const task = (environment: Readonly<Record<string, string>> = {}) =>
    startTask({
      ...environment,
      DATABASE_URLS: databases.urls.join(','),
      REGISTRY_SELF_REGISTRATION: 'own-scope',
      LOG_LEVEL: 'info',
      // No process remembers a body longer than the next one: what is read comes from Redis or a shard.
      CACHE_BYTES: '0',
      ...servers.environment(),
    })

  beforeAll(async () => {
    servers = await RedisServers.start(join(databases.folder, slug), setup)
  })
  afterAll(async () => servers.stop())

  it('keeps bodies for all processes, on every node', async () => {
    // Bodies name the URL of the registry: processes share them behind one load balancer, not by ports of their own.
    const shared = { PUBLIC_URL: 'https://registry.example' }
    const [one, two] = [await task(shared), await task(shared)]
    const token = await signIn(one.url, `${slug}-a`)
    for (let index = 0; index < 24; index += 1) {
      const path = `@${slug}-a/body-${index}`
      expect((await publish(one.url, token, path, '1.0.0')).status).toBe(201)
    }
    const read = async (url: string) => {
      for (let index = 0; index < 24; index += 1)
        expect((await call(`${url}/@${slug}-a/body-${index}`)).status).toBe(200)
    }
    // Tried again: a Redis that did not answer within 150 ms is left alone for a second.
    const patience = { timeout: 120_000, interval: 500 }
    await expect
      .poll(async () => {
        await read(one.url)
        return Math.min(...(await servers.keys()))
      }, patience)
      .toBeGreaterThan(0)
    await expect
      .poll(async () => {
        const before = await servers.hits()
        await read(two.url)
        return (await servers.hits()) - before
      }, patience)
      .toBeGreaterThanOrEqual(24)
    await Promise.all([one.kill('SIGTERM'), two.kill('SIGTERM')])
  })

  it('may lose a node, hang, be gone and come back: no request fails, and nothing is lost', async () => {
    const [one, two] = [await task(), await task()]
    const token = await signIn(one.url, `${slug}-b`)
    const tally = await underLoad({
      what: `Redis, ${name}: a node gone, all hanging, all gone, and back`,
      urls: [one.url, two.url],
      token,
      scope: `@${slug}-b`,
      workers: 4,
      disturb: async (load) => {
        await load.publishes(201, 20)
        await servers.kill(servers.size - 1)
        await load.publishes(201, 40)
        await servers.revive(servers.size - 1)
        if (setup.cluster) await servers.isWhole()
        await load.publishes(201, 20)
        for (let index = 0; index < servers.size; index += 1) servers.hang(index, true)
        await load.publishes(201, 20)
        for (let index = 0; index < servers.size; index += 1) servers.hang(index, false)
        for (let index = 0; index < servers.size; index += 1) await servers.kill(index)
        await load.publishes(201, 30)
        for (let index = 0; index < servers.size; index += 1) await servers.revive(index)
        if (setup.cluster) await servers.isWhole()
        await load.publishes(201, 20)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes)).toEqual(['201'])
    expect(Object.keys(tally.installs)).toEqual(['200'])
    // The servers came back empty: what they hold now was put there afterwards.
    await expect
      .poll(
        async () => {
          for (let worker = 0; worker < 4; worker += 1) await call(`${one.url}/@${slug}-b/load-${worker}`)
          return (await servers.keys()).reduce((sum, keys) => sum + keys)
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBeGreaterThan(2)
    await Promise.all([one.kill('SIGTERM'), two.kill('SIGTERM')])
  })

  it('that hangs makes no read wait for long', async () => {
    const reader = await task()
    const token = await signIn(reader.url, `${slug}-c`)
    for (let index = 0; index < 4; index += 1) await publish(reader.url, token, `@${slug}-c/slow-${index}`, '1.0.0')
    for (let index = 0; index < servers.size; index += 1) servers.hang(index, true)
    const took: number[] = []
    for (let turn = 0; turn < 100; turn += 1) {
      const began = performance.now()
      // A read that waited for Redis would never end.
      expect((await call(`${reader.url}/@${slug}-c/slow-${turn % 4}`)).status).toBe(200)
      took.push(performance.now() - began)
    }
    for (let index = 0; index < servers.size; index += 1) servers.hang(index, false)
    const sorted = took.toSorted((a, b) => a - b)
    process.stdout.write(
      `Redis, ${name}, hanging: reads 100, median ${sorted[50]?.toFixed(1)} ms, longest ${sorted.at(-1)?.toFixed(1)} ms\n`,
    )
    await reader.kill('SIGTERM')
  })
})

describe.skipIf(missing)('a Redis whose certificate nobody here has signed', () => {
  it('is not spoken to: the registry says so, and works without it', async () => {
    const servers = await RedisServers.start(join(databases.folder, 'untrusted'), { cluster: false, tls: true })
    const { NODE_EXTRA_CA_CERTS: _authority, ...environment } = servers.environment()
    const task = await startTask({
      DATABASE_URLS: databases.urls.join(','),
      REGISTRY_SELF_REGISTRATION: 'own-scope',
      LOG_LEVEL: 'warn',
      ...environment,
    })
    const token = await signIn(task.url, 'ursula')
    expect((await publish(task.url, token, '@ursula/alone', '1.0.0')).status).toBe(201)
    expect((await call(`${task.url}/@ursula/alone`)).status).toBe(200)
    await until(
      () => `signs of a Redis that does not answer: ${task.output()}`,
      () => /Redis does not answer: bodies come from the shards/.test(task.output()),
    )
    expect(task.output()).toMatch(/certificate/)
    expect(task.output()).not.toContain('p@ss')
    expect(await servers.keys()).toEqual([0])
    await task.kill('SIGTERM')
    await servers.stop()
  })
})
