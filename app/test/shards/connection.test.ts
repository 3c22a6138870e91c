import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { connectionOf } from '../../src/shards/connection.ts'

const secretArn = 'arn:aws:secretsmanager:us-east-1:222222222222:secret:rds!cluster-1a2b-AbCdEf'
const onAmazon = `postgresql://registry@sluice-prod-0.cluster-abc.us-east-1.rds.amazonaws.com:5432/registry?secret=${secretArn}`
const passwordOf = async (config: pg.ClientConfig) => (config.password as () => Promise<string>)()

describe('connectionOf', () => {
  it('takes a URL without a secret as it is', () => {
    const url = 'postgresql://user:pass@127.0.0.1:5432/registry?sslmode=disable'
    expect(connectionOf(url)).toEqual({ connectionString: url })
  })

  it('reads the password by the ARN of the URL, and checks the certificate', async () => {
    const asked: string[] = []
    const config = connectionOf(onAmazon, async (id) => {
      asked.push(id)
      return JSON.stringify({ username: 'registry', password: 'kept by RDS' })
    })
    expect(config).toMatchObject({
      host: 'sluice-prod-0.cluster-abc.us-east-1.rds.amazonaws.com',
      port: 5432,
      user: 'registry',
      database: 'registry',
    })
    expect(await passwordOf(config)).toBe('kept by RDS')
    expect(asked).toEqual([secretArn])
    const { ca } = config.ssl as { ca: string[] }
    expect(ca.length).toBeGreaterThan(10)
    expect(config.ssl).not.toHaveProperty('rejectUnauthorized')
  })

  it('asks once for connections that are made together, and again after a failure', async () => {
    let calls = 0
    const config = connectionOf(onAmazon, async () => {
      calls++
      if (calls === 1) throw new Error('ThrottlingException')
      return '{"password":"p"}'
    })
    await expect(passwordOf(config)).rejects.toThrow(
      `the secret ${secretArn} of DATABASE_URLS could not be read: ThrottlingException`,
    )
    expect(await Promise.all([passwordOf(config), passwordOf(config)])).toEqual(['p', 'p'])
    expect(calls).toBe(2)
  })

  it.each(['top secret', '{"username":"registry"}', '{"password":""}', 'null', ''])(
    'says what is wrong with %j and does not repeat it',
    async (text) => {
      const failure = passwordOf(connectionOf(onAmazon, async () => text))
      await expect(failure).rejects.toThrow(
        `expected JSON with a "password" in the secret ${secretArn} of DATABASE_URLS, found none`,
      )
      await expect(failure).rejects.not.toThrow('top secret')
    },
  )
})

describe('a database whose password is rotated', () => {
  let folder: string
  let postgres: EmbeddedPostgres
  let administrator: pg.Client
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-rotation-'))
    postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), databases: ['registry'] })
    administrator = new pg.Client({ connectionString: `${postgres.url}/registry` })
    await administrator.connect()
  })
  afterAll(async () => {
    await administrator.end()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('is reached again by the same process as soon as the password is read anew', async () => {
    await administrator.query("create role rotated login password 'first'")
    let secret = 'first'
    let time = 0
    const url = new URL(`${postgres.url}/registry?secret=sluice/prod/registry/database-0&sslmode=disable`)
    url.username = 'rotated'
    url.password = ''
    const config = connectionOf(
      url.href,
      async () => JSON.stringify({ password: secret }),
      () => time,
    )
    const connect = async () => {
      const client = new pg.Client(config)
      try {
        await client.connect()
        return (await client.query<{ current_user: string }>('select current_user')).rows[0]?.current_user
      } finally {
        await client.end().catch(() => undefined)
      }
    }
    expect(await connect()).toBe('rotated')
    await administrator.query("alter role rotated password 'second'")
    secret = 'second'
    await expect(connect()).rejects.toThrow('password authentication failed')
    time += 10_000
    expect(await connect()).toBe('rotated')
  })
})
