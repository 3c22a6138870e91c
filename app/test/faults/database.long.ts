import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { migrate } from '../../src/shards/migrate.ts'
import { call, publish, signIn } from '../client.ts'
import { endTasks, startTask } from '../task-process.ts'
import type { TaskProcess } from '../task-process.ts'
import { nothingLost, underLoad, until } from './under-load.ts'

/** PostgreSQL is killed with everything that it had not written yet: the home of users, leases and the search, and all shards. */
const folder = mkdtempSync(join(tmpdir(), 'registry-crash-'))
let postgres: EmbeddedPostgres
let task: TaskProcess
let url: string

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ folder, databases: ['registry'] })
  url = `${postgres.url}/registry`
  await migrate([url], 8)
  task = await startTask({ DATABASE_URLS: url, REGISTRY_SELF_REGISTRATION: 'own-scope' })
})
afterAll(async () => {
  endTasks()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The server goes as with a machine's power: what waits in its memory for the disk is lost. */
async function crash(): Promise<void> {
  const pid = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await postgres.ended
}

async function restart(): Promise<void> {
  const { port } = postgres
  postgres = await startEmbeddedPostgres({ folder, databases: ['registry'], port })
}

async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

const schemas = [0, 1, 2, 3, 4, 5, 6, 7].map((shard) => `shard_${shard}`)
const everyShard = (select: (schema: string) => string) => schemas.map(select).join(' union all ')

const outbox = async () =>
  (await query<{ name: string }>(everyShard((schema) => `select name from ${schema}.outbox`))).map(({ name }) => name)

/** Packages whose place in the search is not what their shard says. */
const unlike = () =>
  query(
    `select p.name, p.revision, d.revision as found from (${everyShard((schema) => `select name, revision from ${schema}.packages`)}) p
     full join registry.documents d using (name) where p.revision is distinct from d.revision`,
  )

async function search(text: string): Promise<string[]> {
  const { body } = await call<{ objects: { package: { name: string; version: string } }[] }>(
    `${task.url}/-/v1/search?text=${text}&size=50`,
  )
  return body.objects.map(({ package: { name, version } }) => `${name}@${version}`)
}

const outboxIsEmpty = () =>
  until(
    () => 'empty outboxes',
    async () => (await outbox()).length === 0,
  )

describe('a crash of PostgreSQL', () => {
  it('between a document and its outbox row: the row is carried over again, and the search has the package once', async () => {
    const token = await signIn(task.url, 'uma')
    await outboxIsEmpty()
    // Rows of the outbox can not go: what carries them over waits just before its end.
    await query(`
      create function hold() returns trigger language plpgsql as $$ begin perform pg_sleep(3600); return old; end $$;
      ${schemas.map((schema) => `create trigger hold before delete on ${schema}.outbox for each row execute function hold();`).join('')}`)
    expect((await publish(task.url, token, '@uma/between', '1.0.0')).status).toBe(201)
    await until(
      () => 'documents',
      async () => (await query(`select 1 from registry.documents where name = '@uma/between'`)).length === 1,
    )
    expect(await outbox()).toEqual(['@uma/between'])
    await crash()
    await restart()
    expect(await outbox()).toEqual(['@uma/between'])
    await query('drop function hold() cascade')
    await outboxIsEmpty()
    await until(
      () => 'answers of the search',
      async () => (await search('between').catch(() => [])).length > 0,
    )
    expect(await search('between')).toEqual(['@uma/between@1.0.0'])
    expect(await unlike()).toEqual([])
  })

  it('again and again under publishes, installs and searches: nothing is lost, and the search agrees with the shards', async () => {
    const token = await signIn(task.url, 'vic')
    const tally = await underLoad({
      what: 'PostgreSQL killed three times',
      urls: [task.url],
      token,
      scope: '@vic',
      workers: 4,
      disturb: async (load) => {
        for (let round = 0; round < 3; round += 1) {
          await load.publishes(201, 40)
          await crash()
          await load.publishes(503, 4)
          await restart()
        }
        await load.publishes(201, 40)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes)).toEqual(['201', '503'])
    expect(Object.keys(tally.installs).filter((status) => !['200', '503'].includes(status))).toEqual([])
    await outboxIsEmpty()
    expect(await unlike()).toEqual([])
    await until(
      () => 'packages in the search',
      async () => (await search('load')).length === 4,
    )
    expect(await task.kill('SIGTERM')).toBe(0)
  })
})
