import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { slotOf } from '../../src/packages/names.ts'
import { openShards } from '../../src/shards/index.ts'
import { initialShard } from '../../src/shards/migrate.ts'
import { homeMigrations, shardMigrations } from '../../src/shards/schema.ts'
import { call, signIn } from '../client.ts'
import { nothingLost, underLoad, until } from '../faults/under-load.ts'
import { endTasks, startTask } from '../task-process.ts'
import { checkOut, commitBefore } from './release-before.ts'

const run = promisify(execFile)
const before = commitBefore()
const thisRelease = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'registry-upgrade-'))
let postgres: EmbeddedPostgres

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), databases: ['a0', 'a1', 'b0', 'b1'] })
})
afterAll(async () => {
  endTasks()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

const environmentOf = (...databases: string[]) => ({
  DATABASE_URLS: databases.map((name) => `${postgres.url}/${name}`).join(','),
  REGISTRY_SELF_REGISTRATION: 'own-scope',
})

/** What the one-off task of a rollout does. @returns the steps that it applied */
async function migrate(app: string, environment: Readonly<Record<string, string>>): Promise<string[]> {
  const { stdout } = await run(process.execPath, [join(app, 'migrate.ts')], { env: environment })
  return (JSON.parse(stdout) as { applied: string[] }).applied
}

async function found(url: string, text: string): Promise<string[]> {
  const { body } = await call<{ objects: { package: { name: string } }[] }>(`${url}/-/v1/search?text=${text}&size=50`)
  return body.objects.map((each) => each.package.name).toSorted()
}

describe('a rolling upgrade', () => {
  it.skipIf(before === undefined)(
    'from the release before: migrated, joined and replaced under load, without a failed request (needs its commit in the history of git)',
    async () => {
      const oldRelease = checkOut(before ?? '', folder)
      const environment = environmentOf('a0', 'a1')
      expect(await migrate(oldRelease, environment)).not.toEqual([])
      const old = await startTask(environment, oldRelease)
      const urls = [old.url]
      const tally = await underLoad({
        what: 'the release before and this one',
        urls,
        token: await signIn(old.url, 'alice'),
        scope: '@alice',
        workers: 4,
        disturb: async (load) => {
          await load.publishes(201, 30)
          const applied = await migrate(thisRelease, environment)
          expect(applied).toContain(`registry/${homeMigrations.at(-1)?.id}`)
          for (const shard of [0, 1, 2, 3, 4, 5, 6, 7])
            expect(applied).toContain(`shard_${shard}/${shardMigrations.at(-1)?.id}`)
          // The old release goes on alone on the new schema: a rollout may stop here.
          await load.publishes(201, 30)
          const young = await startTask(environment)
          urls.push(young.url)
          await load.publishes(201, 80)
          // Each finds what the other published.
          for (const { url } of [old, young])
            await until(
              () => 'four packages in the search',
              async () => (await found(url, 'load')).length === 4,
            )
          urls.shift()
          expect(await old.kill('SIGTERM')).toBe(0)
          await load.publishes(201, 30)
        },
      })
      expect(tally).toMatchObject(nothingLost)
      expect(Object.keys(tally.publishes)).toEqual(['201'])
      expect(Object.keys(tally.installs)).toEqual(['200'])
      expect(await migrate(thisRelease, environment)).toEqual([])
    },
  )

  it('to a schema that has more columns than this release knows: it reads, writes and moves them along', async () => {
    const environment = environmentOf('b0', 'b1')
    await migrate(thisRelease, environment)
    const tables = { registry: ['users', 'grants', 'tokens', 'audit', 'documents', 'processes', 'logins', 'sessions'] }
    const shardTables = ['slots', 'packages', 'versions', 'tags', 'artifacts', 'outbox', 'audit']
    for (const [cluster, name] of ['b0', 'b1'].entries()) {
      const client = new pg.Client({ connectionString: `${postgres.url}/${name}` })
      await client.connect()
      const schemas = Object.entries(cluster === 0 ? tables : {})
      for (let shard = cluster; shard < 8; shard += 2) schemas.push([`shard_${shard}`, shardTables])
      for (const [schema, names] of schemas)
        for (const table of names)
          await client.query(`alter table ${schema}.${table} add column of_the_next text not null default 'next'`)
      await client.end()
    }
    const task = await startTask(environment)
    const tally = await underLoad({
      what: 'a schema of the next release',
      urls: [task.url],
      token: await signIn(task.url, 'bob'),
      scope: '@bob',
      workers: 4,
      disturb: async (load) => {
        await load.publishes(201, 20)
        const shards = await openShards(environment)
        const moves = [0, 1, 2, 3].map((worker) => {
          const slot = slotOf(`@bob/load-${worker}`)
          const from = initialShard(slot, 8)
          return { slot, from, to: (from + 1) % 8, bytes: 0 }
        })
        expect(await shards.move({ ...(await shards.plan()), moves })).toHaveLength(4)
        expect(await shards.verify()).toEqual([])
        await shards.close()
        await load.publishes(201, 20)
        await until(
          () => 'four packages in the search',
          async () => (await found(task.url, 'load')).length === 4,
        )
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes)).toEqual(['201'])
    expect(Object.keys(tally.installs)).toEqual(['200'])
    await task.kill('SIGTERM')
  })
})
