import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { openShards } from '../../src/shards/index.ts'
import type { Registry } from '../../src/registry.ts'
import { migrate } from '../../src/shards/migrate.ts'
import { call, publish, signIn } from '../client.ts'
import { startRegistry, type RunningRegistry } from '../running-registry.ts'
import { nothingLost, underLoad, until } from './under-load.ts'

/** Two clusters, each a PostgreSQL of its own, so that one of them can be killed. */
const folder = mkdtempSync(join(tmpdir(), 'registry-shards-'))
let urls: string[] = []
const servers: EmbeddedPostgres[] = []
const registries: RunningRegistry[] = []

async function startOn(clusters: readonly string[]): Promise<RunningRegistry> {
  const started = await startRegistry({ DATABASE_URLS: clusters.join(',') })
  registries.push(started)
  return started
}

beforeAll(async () => {
  for (const name of ['first', 'second']) {
    servers.push(await startEmbeddedPostgres({ folder: join(folder, name), databases: [name] }))
  }
  urls = ['first', 'second'].map((name, index) => `${servers[index]?.url}/${name}`)
  await migrate(urls, 8)
  await startOn(urls)
  await startOn(urls)
})
afterAll(async () => {
  for (const registry of registries) await registry.close()
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The second cluster's server and all its children, as a machine that loses power. */
function killSecond(): void {
  const pid = Number(readFileSync(join(folder, 'second/data/postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
}

/** A package of each cluster. */
function packagesByCluster(registry: Registry, scope: string): [first: string, second: string] {
  const found = new Map<number, string>()
  for (let index = 0; found.size < 2 && index < 1000; index += 1) {
    const name = `${scope}/p-${index}`
    const { pool } = registry.router.route(name)
    const cluster = registry.router.pools.indexOf(pool)
    if (!found.has(cluster)) found.set(cluster, name)
  }
  return [found.get(0) ?? '', found.get(1) ?? '']
}

describe('a shard that is killed', () => {
  it('takes its packages away with 503 and Retry-After, leaves the others, and comes back with everything', async () => {
    const [one, two] = registries
    if (!one || !two) throw new Error('expected two registries')
    const token = await signIn(one.url, 'eve')
    const [there, gone] = packagesByCluster(one.registry, '@eve')
    for (const name of [there, gone]) expect((await publish(one.url, token, name, '1.0.0')).status).toBe(201)
    const tally = await underLoad({
      what: 'one shard killed',
      urls: [one.url, two.url],
      token,
      scope: '@eve',
      workers: 6,
      disturb: async (load) => {
        await load.publishes(201, 30)
        killSecond()
        await servers[1]?.ended
        const refused = await publish(one.url, token, gone, '1.0.1')
        expect(refused.status).toBe(503)
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
        expect((await publish(one.url, token, there, '1.0.1')).status).toBe(201)
        expect((await call(`${two.url}/${there}`)).status).toBe(200)
        await load.publishes(503, 20)
        await load.installs(503, 20)
        const { port } = servers[1] ?? { port: 0 }
        servers[1] = await startEmbeddedPostgres({ folder: join(folder, 'second'), databases: ['second'], port })
        await until(
          () => 'publishes to the shard that is back',
          async () => (await publish(two.url, token, gone, '1.0.2')).status === 201,
        )
        await load.publishes(201, 30)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes).sort()).toEqual(['201', '503'])
    expect(Object.keys(tally.installs).filter((status) => !['200', '404', '503'].includes(status))).toEqual([])
    expect((await publish(one.url, token, gone, '1.0.1')).status).toBe(201)
  })
})

describe('two servers', () => {
  it('publish the same version at once: one winner, the other is told so', async () => {
    const [one, two] = registries
    if (!one || !two) throw new Error('expected two registries')
    const token = await signIn(one.url, 'fay')
    const winners: number[] = []
    for (let round = 0; round < 100; round += 1) {
      const replies = await Promise.all(
        [one, two, one, two].map(({ url }, index) =>
          publish(url, token, '@fay/race', `1.0.${round}`, { files: { 'a.js': `by ${index}` } }),
        ),
      )
      expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409])
      winners.push(replies.findIndex(({ status }) => status === 201))
      const { body } = await call<{ versions: Record<string, { dist: { tarball: string } }> }>(`${two.url}/@fay/race`)
      expect(Object.keys(body.versions)).toHaveLength(round + 1)
    }
    process.stdout.write(
      `versions raced for 100, winners by server ${winners.filter((each) => each % 2 === 0).length}/${winners.filter((each) => each % 2 === 1).length}\n`,
    )
  })
})

describe('a move that is killed', () => {
  /** Moves slots until `lines` have moved, then kill -9; to its end without. */
  async function move(lines: number): Promise<string> {
    const program = fileURLToPath(new URL('move-to-nine.ts', import.meta.url))
    const child = spawn(process.execPath, [program], {
      env: { DATABASE_URLS: urls.join(','), MOST: '60' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > lines) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.once('close', resolve))
    return output
  }

  it('is taken up by the next one, under load, without a failed request', async () => {
    const [one, two] = registries
    if (!one || !two) throw new Error('expected two registries')
    const token = await signIn(one.url, 'gil')
    let last = ''
    const tally = await underLoad({
      what: 'a move killed three times',
      urls: [one.url, two.url],
      token,
      scope: '@gil',
      workers: 4,
      disturb: async () => {
        for (const lines of [3, 25, 7]) await move(lines)
        last = await move(Infinity)
      },
    })
    expect(last).toMatch(/done\n$/)
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes)).toEqual(['201'])
    expect(Object.keys(tally.installs)).toEqual(['200'])
    const shards = await openShards({ DATABASE_URLS: urls.join(',') })
    expect(await shards.verify()).toEqual([])
    await shards.close()
  })
})
