import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOutage } from '../../src/errors.ts'
import { openPools } from '../../src/shards/pools.ts'
import { ask, onConnection } from '../../src/shards/ask.ts'
import { call, publish, signIn } from '../client.ts'
import { until } from '../faults/under-load.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let server: RunningRegistry
let token: string
let administrator: pg.Client

beforeAll(async () => {
  databases = await startDatabases()
  server = await databases.start()
  token = await signIn(server.url, 'ann')
  for (let index = 0; index < 8; index += 1) await publish(server.url, token, `@ann/read-${index}`, '1.0.0')
  administrator = new pg.Client({ connectionString: `${databases.postgres.url}/postgres` })
  await administrator.connect()
})
afterAll(async () => {
  await administrator.end()
  await databases.close()
})

/** As a failover does: every pooled connection of every process ends. @returns how many */
async function breakConnections(): Promise<number> {
  const { rowCount } = await administrator.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'registry'`,
  )
  return rowCount ?? 0
}

/** Asks in several lines at once while connections break again and again. @returns the answers by status */
async function underBreaks(ask: (turn: number) => Promise<number>): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {}
  const load = { on: true }
  const lines = Array.from({ length: 16 }, async (_, line) => {
    for (let turn = line; load.on; turn += 1) {
      const status = await ask(turn)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  })
  const answered = () => Object.values(statuses).reduce((sum, count) => sum + count, 0)
  let broken = 0
  for (let round = 0; round < 5; round += 1) {
    const before = answered()
    await until(
      () => `fifty more answers: ${JSON.stringify(statuses)}`,
      () => answered() >= before + 50,
    )
    broken += await breakConnections()
  }
  load.on = false
  await Promise.all(lines)
  process.stdout.write(`${broken} connections broken: answers by status ${JSON.stringify(statuses)}\n`)
  expect(broken).toBeGreaterThan(5)
  return statuses
}

describe('connections to a database that break', () => {
  it.each([
    ['of a package, from its shard', (turn: number) => `/@ann/read-${turn % 8}?write=true`],
    ['of a token', () => '/-/npm/v1/tokens'],
    ['of the search', (turn: number) => `/-/v1/search?text=read&size=5&from=${turn % 3}`],
    ['of a page', (turn: number) => `/-/web/package/@ann/read-${turn % 8}`],
  ])('fail no read %s', { timeout: 300_000 }, async (_what, path) => {
    const statuses = await underBreaks(async (turn) => (await call(`${server.url}${path(turn)}`, { token })).status)
    expect(Object.keys(statuses)).toEqual(['200'])
  })

  it(
    'lose no publish, make none twice, and fail it only when nobody can know whether it was committed',
    { timeout: 300_000 },
    async () => {
      let next = 0
      const acknowledged = new Map<string, number>()
      const statuses = await underBreaks(async () => {
        const version = `2.0.${(next += 1)}`
        const name = `@ann/written-${next % 8}`
        const { status } = await publish(server.url, token, name, version)
        acknowledged.set(`${name}@${version}`, status)
        return status
      })
      expect(Object.keys(statuses).filter((status) => !['201', '503'].includes(status))).toEqual([])
      const there = new Set<string>()
      for (let index = 0; index < 8; index += 1) {
        const { body } = await call<{ versions: object }>(`${server.url}/@ann/written-${index}?write=true`)
        for (const version of Object.keys(body.versions)) there.add(`@ann/written-${index}@${version}`)
      }
      expect([...acknowledged].filter(([version, status]) => status === 201 && !there.has(version))).toEqual([])
    },
  )

  it('make a write begin anew while it has not been committed', async () => {
    const { router } = server.registry
    let tries = 0
    await router.write('@ann/read-0', async (client, { schema }) => {
      tries += 1
      await client.query(`insert into ${schema}.tags (name, tag, version) values ('@ann/read-0', 'anew', '1.0.0')`)
      if (tries === 1) await client.query('select pg_terminate_backend(pg_backend_pid())')
    })
    expect(tries).toBe(2)
    const { body } = await call(`${server.url}/-/package/@ann%2fread-0/dist-tags?write=true`)
    expect(body).toMatchObject({ anew: '1.0.0' })
  })

  it('never repeat a write whose commit broke', async () => {
    const { router } = server.registry
    const { pool, schema } = router.route('@ann/read-1')
    await pool.query(`
      create table ${schema}.doomed (id int);
      create function ${schema}.doom() returns trigger language plpgsql
        as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
      create constraint trigger doom after insert on ${schema}.doomed deferrable initially deferred
        for each row execute function ${schema}.doom()`)
    let tries = 0
    const written = router.write('@ann/read-1', async (client) => {
      tries += 1
      await client.query(`insert into ${schema}.doomed values (1)`)
    })
    await expect(written).rejects.toMatchObject({ code: '57P01' })
    expect(tries).toBe(1)
  })

  it('are not those that this process was too busy to make', { timeout: 300_000 }, async () => {
    const [pool] = openPools([databases.urls[0] ?? ''], server.registry.log)
    if (!pool) throw new Error('expected a pool, found none')
    // More than the pool lends at once: those that wait in line have a time limit of their own.
    const asked = Promise.all(Array.from({ length: 16 }, () => ask<{ one: number }>(pool, 'select 1 as one')))
    for (let stall = 0; stall < 5; stall += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      const until = performance.now() + 900
      while (performance.now() < until);
    }
    expect((await asked).map(({ rows }) => rows[0]?.one)).toEqual(Array(16).fill(1))
    await pool.end()
  })

  it('are given up when their host has vanished without a word, and asked no second time', async () => {
    const { hostname, port } = new URL(databases.urls[0] ?? '')
    const open = new Set<Socket>()
    const between = createServer((client) => {
      const host = connect(Number(port), hostname)
      for (const [from, to] of [[client, host] as const, [host, client] as const]) {
        open.add(from)
        from.pipe(to)
        from.on('error', () => to.destroy())
      }
    })
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
    const url = new URL(databases.urls[0] ?? '')
    url.host = `127.0.0.1:${(between.address() as AddressInfo).port}`
    const pool = new pg.Pool({ connectionString: url.href, query_timeout: 3000, max: 1 })
    expect((await ask<{ one: number }>(pool, 'select 1 as one')).rows).toEqual([{ one: 1 }])
    for (const socket of open) socket.unpipe().pause()
    const gone = ask(pool, 'select 1').catch((error: unknown) => error)
    expect(isOutage(await gone), String(await gone)).toBe(true)
    // The next one is a connection of its own.
    expect((await ask<{ one: number }>(pool, 'select 2 as one')).rows).toEqual([{ one: 2 }])
    for (const socket of open) socket.destroy()
    await pool.end()
    await new Promise((resolve) => between.close(resolve))
  })

  it('are told from a database that is not there and from a statement that takes too long', async () => {
    const { home } = server.registry
    const nobody = new pg.Pool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 3000 })
    let tries = 0
    const slow = onConnection(home, async (client) => {
      tries += 1
      await client.query('begin; set local statement_timeout = 50')
      await client.query('select pg_sleep(10)')
    })
    await expect(slow).rejects.toMatchObject({ code: '57014' })
    expect(tries).toBe(1)
    await expect(ask(nobody, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await nobody.end()
  })
})
