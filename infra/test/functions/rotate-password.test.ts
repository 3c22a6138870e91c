import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../app/src/embedded/postgres.ts'
import { rotate, type Secrets, type Session } from '../../functions/rotate-password/steps.ts'
import { scramVerifier } from '../../functions/rotate-password/scram-verifier.ts'
import { FakeSecretsManager } from './secrets-manager.ts'

const run = promisify(execFile)
const bundle = join(import.meta.dirname, '../../functions/dist/rotate-password.cjs')
const secretId = 'arn:aws:secretsmanager:us-east-1:222222222222:secret:sluice/prod/registry/database-0-AbCdEf'
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret']

const secrets = new FakeSecretsManager()
let folder: string
let endpoint: string
let postgres: EmbeddedPostgres
let administrator: pg.Client
let login: Record<string, unknown>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rotation-'))
  endpoint = await secrets.start()
  postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), databases: ['registry'] })
  administrator = new pg.Client({ connectionString: `${postgres.url}/registry` })
  await administrator.connect()
  await turnTlsOn()
  await administrator.query('create role registry login createrole')
  login = { engine: 'postgres', host: 'localhost', port: postgres.port, dbname: 'registry', username: 'registry' }
})
afterAll(async () => {
  await administrator?.end()
  await postgres?.stop()
  secrets.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await administrator.query("alter role registry password 'first'")
  secrets.reset({ ...login, password: 'first' }, 'next')
})

/** With a certificate that the function checks, as it does that of RDS. */
async function turnTlsOn(): Promise<void> {
  const data = join(folder, 'postgres/data')
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    certificate,
    ...names,
  ])
  const { uid, gid } = await stat(data)
  for (const file of [key, certificate]) await chown(file, uid, gid)
  await administrator.query('alter system set ssl = on')
  await administrator.query('select pg_reload_conf()')
}

/** The committed bundle in a process of its own, as Lambda calls it: the SDK beside it, the authorities by the environment. */
async function call(
  step: string,
  version = 'next',
  authorities = join(folder, 'postgres/data/server.crt'),
): Promise<void> {
  const event = { SecretId: secretId, ClientRequestToken: version, Step: step }
  const script = `require(${JSON.stringify(bundle)}).handler(JSON.parse(process.argv[1])).catch((error) => { console.error(error.message); process.exitCode = 1 })`
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    NODE_EXTRA_CA_CERTS: authorities,
  }
  await run(process.execPath, ['-e', script, JSON.stringify(event)], { env })
}

async function signIn(password: unknown): Promise<boolean> {
  const url = new URL(`${postgres.url}/registry`)
  const client = new pg.Client({
    host: url.hostname,
    port: postgres.port,
    database: 'registry',
    user: 'registry',
    password: String(password),
  })
  try {
    await client.connect()
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

describe('the function that rotates a password', () => {
  it('makes a password, sets it, tries it and makes it current, step by step', async () => {
    await call('createSecret')
    const made = secrets.labelled('AWSPENDING')
    expect(made).toMatchObject({ id: 'next', login })
    expect(made?.login['password']).not.toBe('first')
    expect([await signIn('first'), await signIn(made?.login['password'])]).toEqual([true, false])

    await call('setSecret')
    expect([await signIn('first'), await signIn(made?.login['password'])]).toEqual([false, true])
    expect(secrets.labelled('AWSCURRENT')?.id).toBe('before')

    await call('testSecret')
    await call('finishSecret')
    expect(secrets.labelled('AWSCURRENT')?.id).toBe('next')
    expect(secrets.labelled('AWSPREVIOUS')?.id).toBe('before')
  })

  it('does nothing a second time, at whichever step it is called again', async () => {
    const passwords = []
    for (const step of steps) {
      await call(step)
      await call(step)
      passwords.push(secrets.versions.get('next')?.text)
    }
    expect(new Set(passwords).size).toBe(1)
    expect(secrets.calls.filter((one) => one === 'PutSecretValue')).toHaveLength(1)
    expect(secrets.calls.filter((one) => one === 'UpdateSecretVersionStage')).toHaveLength(1)
    expect(await signIn(secrets.labelled('AWSCURRENT')?.login['password'])).toBe(true)
  })

  it('gives the database what it keeps of a password, and no password', async () => {
    const given: string[] = []
    const texts: Record<string, string> = {
      AWSCURRENT: JSON.stringify({ ...login, password: 'first' }),
      AWSPENDING: JSON.stringify({ ...login, password: 'second' }),
    }
    const event = { SecretId: secretId, ClientRequestToken: 'next', Step: 'setSecret' }
    const kept: Secrets = {
      describe: async () => ({ isRefused: false, stages: { next: ['AWSPENDING'], before: ['AWSCURRENT'] } }),
      read: async (_, stage) => texts[stage],
      newPassword: () => Promise.reject(new Error('made already')),
      putPending: () => Promise.reject(new Error('made already')),
      makeCurrent: () => Promise.reject(new Error('too early')),
    }
    const session: Session = {
      isReadOnly: async () => false,
      setPassword: async (...words) => void given.push(...words),
      end: async () => undefined,
    }
    await rotate(event, kept, async ({ password }) => (password === 'first' ? session : undefined))
    expect(given).toEqual(['registry', expect.stringMatching(/^SCRAM-SHA-256\$4096:/)])
    expect(given.join()).not.toContain('second')
  })

  it('is let in by the password before the current one, which a restored database has', async () => {
    secrets.versions.set('older', {
      text: JSON.stringify({ ...login, password: 'first' }),
      stages: new Set(['AWSPREVIOUS']),
    })
    secrets.versions.set('before', {
      text: JSON.stringify({ ...login, password: 'lost' }),
      stages: new Set(['AWSCURRENT']),
    })
    await call('createSecret')
    await call('setSecret')
    expect(await signIn(secrets.labelled('AWSPENDING')?.login['password'])).toBe(true)
  })

  it('refuses a database whose certificate no known authority has signed, and sends it no password', async () => {
    await call('createSecret')
    await expect(call('setSecret', 'next', '/dev/null')).rejects.toThrow(
      /localhost cannot be reached: self-signed certificate/,
    )
    expect(await signIn('first')).toBe(true)
  })

  it.each<[what: string, change: () => void, version: string, step: string, message: RegExp]>([
    ['another version', () => {}, 'other', 'createSecret', /version other of .* AWSPENDING, found no such one/],
    [
      'a secret that is not rotated',
      () => void (secrets.isRotated = false),
      'next',
      'createSecret',
      /rotation turned off/,
    ],
    ['a step that is none', () => {}, 'next', 'dropSecret', /expected a step of a rotation, found dropSecret/],
    ['a version without a password', () => {}, 'next', 'testSecret', /host, username and password in AWSPENDING/],
    [
      'a password that the database has not',
      () => pend({ password: 'wrong' }),
      'next',
      'testSecret',
      /refuses the password AWSPENDING/,
    ],
    [
      'another host',
      () => pend({ host: '127.0.0.1', password: 'wrong' }),
      'next',
      'setSecret',
      /cannot be reached|the same host/,
    ],
    ['another user', () => pend({ username: 'postgres', password: 'wrong' }), 'next', 'setSecret', /the same username/],
    [
      'passwords that are all refused',
      () => lose(),
      'next',
      'setSecret',
      /refuses the passwords .* set the master password/,
    ],
  ])('refuses %s, and changes nothing', async (_, change, version, step, message) => {
    change()
    const before = JSON.stringify([...secrets.versions.values()].map(({ text }) => text))
    const failure = call(step, version)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.not.toThrow(/"password"|wrong|lost/)
    expect(JSON.stringify([...secrets.versions.values()].map(({ text }) => text))).toBe(before)
    expect(await signIn('first')).toBe(true)
  })

  it('refuses a copy that takes no changes, and leaves its password', async () => {
    await call('createSecret')
    // A function before the server's own, for this role alone: a copy in another region answers true.
    await administrator.query(
      'create schema copy; create function copy.pg_is_in_recovery() returns boolean return true; grant usage on schema copy to registry',
    )
    await administrator.query('alter role registry set search_path = copy, pg_catalog')
    try {
      await expect(call('setSecret')).rejects.toThrow(/expected the writer at localhost, found a copy/)
      expect(await signIn('first')).toBe(true)
    } finally {
      await administrator.query('alter role registry reset search_path')
      await administrator.query('drop schema copy cascade')
    }
  })
})

function pend(change: object): void {
  secrets.versions.set('next', { text: JSON.stringify({ ...login, ...change }), stages: new Set(['AWSPENDING']) })
}

function lose(): void {
  secrets.versions.set('before', {
    text: JSON.stringify({ ...login, password: 'lost' }),
    stages: new Set(['AWSCURRENT']),
  })
  pend({ password: 'wrong' })
}

it('gives what PostgreSQL makes of a password', () => {
  // RFC 7677's example: user `user`, password `pencil`, and what its messages are signed with.
  expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})
