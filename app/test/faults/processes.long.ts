import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'
import { endTasks, startTask as startTaskProcess } from '../task-process.ts'
import { nothingLost, underLoad, until } from './under-load.ts'

/** What must hold while processes die: nothing that was acknowledged is lost, nothing is torn, nobody reads an older revision. */
let databases: Databases

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(async () => {
  endTasks()
  await databases.close()
})

const startTask = (environment: Readonly<Record<string, string>> = {}) =>
  startTaskProcess({
    DATABASE_URLS: databases.urls.join(','),
    REGISTRY_SELF_REGISTRATION: 'own-scope',
    ...environment,
  })

interface Packument {
  versions: Record<string, unknown>
}

describe('processes that die', () => {
  it('lose nothing that was acknowledged, killed again and again beside one that lives', async () => {
    let victim = await startTask()
    const survivor = await startTask()
    const urls = [victim.url, survivor.url]
    const tally = await underLoad({
      what: 'a server killed four times',
      urls,
      token: await signIn(victim.url, 'alice'),
      scope: '@alice',
      workers: 4,
      disturb: async (load) => {
        for (let round = 0; round < 4; round += 1) {
          await load.publishes(201, 40)
          await victim.kill('SIGKILL')
          await load.publishes(0, 1)
          victim = await startTask()
          urls[0] = victim.url
        }
        await load.publishes(201, 40)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    // 0 is a connection that broke: what such a publish came to is not known, and was not acknowledged.
    expect(Object.keys(tally.publishes)).toEqual(['0', '201'])
    expect(Object.keys(tally.installs).filter((status) => !['0', '200', '404'].includes(status))).toEqual([])
    expect(await Promise.all([victim.kill('SIGTERM'), survivor.kill('SIGTERM')])).toEqual([0, 0])
  })

  it('have shown every publish to another process at once', { timeout: 1_200_000 }, async () => {
    const [writer, reader] = [await startTask(), await startTask()]
    const token = await signIn(writer.url, 'bob')
    const [tries, workers, names] = [10_000, 4, 500]
    const stale: string[] = []
    const work = async (worker: number) => {
      for (let patch = worker; patch < tries; patch += workers) {
        const [name, version] = [`@bob/fresh-${patch % names}`, `1.0.${patch}`]
        // The reader has the package (or that there is none) in memory before each publish.
        await call(`${reader.url}/${name}`)
        const { status } = await publish(writer.url, token, name, version)
        expect(status).toBe(201)
        const { body, status: seen } = await call<Packument>(`${reader.url}/${name}`)
        if (seen !== 200 || !(version in body.versions)) stale.push(`${name}@${version}: ${seen}`)
      }
    }
    await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
    process.stdout.write(`publishes read through another process ${tries}, stale ${stale.length}\n`)
    expect(stale).toEqual([])
    await Promise.all([writer.kill('SIGTERM'), reader.kill('SIGTERM')])
  })

  it('that are asked to end finish what they have: without a failed request', async () => {
    // As long as a load balancer may take to notice, with reserve for a slow machine.
    const [leaving, staying] = [await startTask({ DRAIN_GRACE_MS: '10000' }), await startTask()]
    const urls = [leaving.url, staying.url]
    const tally = await underLoad({
      what: 'a server that is asked to end',
      urls,
      token: await signIn(staying.url, 'dan'),
      scope: '@dan',
      workers: 4,
      disturb: async (load) => {
        await load.publishes(201, 40)
        const ended = leaving.kill('SIGTERM')
        await until(
          () => 'signs that it is not ready',
          async () => (await fetch(`${leaving.url}/health/ready`)).status === 503,
        )
        // Still asked for a while, as by a load balancer that has not looked yet.
        await load.publishes(201, 8)
        urls.shift()
        expect(await ended).toBe(0)
        await load.publishes(201, 20)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes)).toEqual(['201'])
    expect(Object.keys(tally.installs)).toEqual(['200'])
    await staying.kill('SIGTERM')
  })

  it('hold up publishes until they can no longer answer, and not for ever', async () => {
    const [writer, peer] = [await startTask(), await startTask()]
    const token = await signIn(writer.url, 'carol')
    await publish(writer.url, token, '@carol/peer', '1.0.0')
    const home = new pg.Client({ connectionString: databases.urls[0] })
    await home.connect()
    const alive = async () => {
      const { rows } = await home.query<{ alive: number }>(
        'select count(*)::int as alive from registry.processes where lease_until > clock_timestamp()',
      )
      return rows[0]?.alive ?? 0
    }
    await until(
      () => 'two processes with a lease',
      async () => (await alive()) === 2,
    )
    await peer.kill('SIGKILL')
    expect((await publish(writer.url, token, '@carol/peer', '1.0.1')).status).toBe(201)
    // The dead peer's lease has run out: were it alive and deaf, it would answer nothing from memory any more.
    expect(await alive()).toBeLessThanOrEqual(1)
    expect((await publish(writer.url, token, '@carol/peer', '1.0.2')).status).toBe(201)
    await home.end()
    await writer.kill('SIGTERM')
  })
})
