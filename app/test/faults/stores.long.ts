import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as forward, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { startDatabases, type Databases } from '../running-registry.ts'
import { freePort } from '../../src/embedded/free-port.ts'
import { nothingLost, underLoad, until } from './under-load.ts'

const isRequired = process.env['SLUICE_REQUIRE'] === 'all'
const isHere = (program: string) => spawnSync(program, ['--version']).error === undefined
const folder = mkdtempSync(join(tmpdir(), 'registry-stores-'))
const children = new Set<ChildProcess>()
let databases: Databases

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await databases.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts a server and waits until its port answers. */
async function start(port: number, program: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder })
  children.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4000)))
  for (let tries = 0; tries < 1200 && child.exitCode === null; tries += 1) {
    const socket = connect(port, '127.0.0.1')
    const answers = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (answers && child.exitCode === null) return child
    await sleep(100)
  }
  throw new Error(`${program} does not answer on port ${port} (exit code ${child.exitCode}):\n${output}`)
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    children.delete(child)
    child.once('close', () => resolve())
    child.kill('SIGKILL')
  })

describe.skipIf(!isHere('redis-server') && !isRequired)('Redis (needs redis-server)', () => {
  it('is shared by processes; gone, it costs no request; back, it is used again', async () => {
    const port = await freePort('127.0.0.1')
    const redis = () => start(port, 'redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '')
    let server = await redis()
    const environment = { REDIS_URL: `redis://127.0.0.1:${port}` }
    const [one, two] = [await databases.start(environment), await databases.start(environment)]
    const token = await signIn(one.url, 'ann')
    const keys = () => Number(execFileSync('redis-cli', ['-p', String(port), 'dbsize'], { encoding: 'utf8' }))
    const tally = await underLoad({
      what: 'Redis gone and back',
      urls: [one.url, two.url],
      token,
      scope: '@ann',
      workers: 4,
      disturb: async (load) => {
        await until(
          () => 'keys in Redis',
          () => keys() > 0,
        )
        await ended(server)
        await load.publishes(201, 50)
        server = await redis()
        // It came back empty: what it holds now was put there since.
        await until(
          () => 'keys in the Redis that is back',
          () => keys() > 0,
        )
        await load.publishes(201, 20)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes)).toEqual(['201'])
    expect(Object.keys(tally.installs)).toEqual(['200'])
    await Promise.all([one.close(), two.close()])
    await ended(server)
  })

  it('lets one process make what many want, and the others take it from there', async () => {
    const port = await freePort('127.0.0.1')
    const server = await start(port, 'redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '')
    const environment = { REDIS_URL: `redis://127.0.0.1:${port}`, PUBLIC_URL: 'https://registry.example' }
    const both = [await databases.start(environment), await databases.start(environment)]
    const token = await signIn(both[0]?.url ?? '', 'eli')
    const made: string[] = []
    for (const { registry } of both) {
      const get = registry.artifacts.get.bind(registry.artifacts)
      registry.artifacts.get = async (name, digest) => {
        made.push(digest)
        return get(name, digest)
      }
    }
    const madeOnce = async (round: number) => {
      made.length = 0
      const names = Array.from({ length: 20 }, (_, index) => `wanted-${round}-${index}`)
      for (const name of names) await publish(both[0]?.url ?? '', token, `@eli/${name}`, '1.0.0')
      for (const name of names) {
        const read = (url: string) => call(`${url}/@eli/${name}/-/${name}-1.0.0.tgz`)
        const answers = await Promise.all(both.flatMap(({ url }) => Array.from({ length: 25 }, () => read(url))))
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      }
      const once = new Set(made.filter((digest) => made.indexOf(digest) === made.lastIndexOf(digest)))
      process.stdout.write(
        `20 tarballs, each wanted 50 times of 2 processes: made ${made.length} times, ${once.size} once\n`,
      )
      expect(made.length).toBeLessThan(100)
      return once.size
    }
    // A process that is kept waiting too long, or that has just lost its lease, makes it itself: on a busy machine all may.
    let round = 0
    await expect.poll(() => madeOnce((round += 1)), { timeout: 180_000, interval: 1000 }).toBeGreaterThan(0)
    for (const each of both) await each.close()
    await ended(server)
  })
})

describe('an artifact store that fails', () => {
  it('refuses publishes while the folder cannot be written, and loses nothing', async () => {
    const place = join(folder, 'artifacts')
    mkdirSync(place)
    const registry = await databases.start({ ARTIFACTS: place })
    const token = await signIn(registry.url, 'bea')
    const tally = await underLoad({
      what: 'folder write error',
      urls: [registry.url],
      token,
      scope: '@bea',
      workers: 3,
      disturb: async (load) => {
        await load.publishes(201, 20)
        renameSync(place, `${place}-away`)
        // A file in its place: also root cannot write below it.
        writeFileSync(place, '')
        await load.publishes(503, 20)
        rmSync(place)
        renameSync(`${place}-away`, place)
        await load.publishes(201, 20)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes).sort()).toEqual(['201', '503'])
    await registry.close()
  })

  const canMount = process.getuid?.() === 0
  it.skipIf(!canMount && !isRequired)(
    'refuses publishes while the disk is full, and takes them again (needs root, for a small disk)',
    async () => {
      const place = join(folder, 'small-disk')
      mkdirSync(place)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place])
      try {
        const registry = await databases.start({ ARTIFACTS: place })
        const token = await signIn(registry.url, 'cleo')
        const tally = await underLoad({
          what: 'disk full',
          urls: [registry.url],
          token,
          scope: '@cleo',
          workers: 3,
          disturb: async (load) => {
            await load.publishes(503, 20)
            execFileSync('mount', ['-o', 'remount,size=64m', place])
            await load.publishes(201, 20)
          },
        })
        expect(tally).toMatchObject(nothingLost)
        expect(Object.keys(tally.publishes).sort()).toEqual(['201', '503'])
        await registry.close()
      } finally {
        execFileSync('umount', ['--lazy', place])
      }
    },
  )
})

describe.skipIf(!isHere('moto_server') && !isRequired)('S3 (needs moto_server)', () => {
  let s3: ChildProcess
  let port: number
  let proxy: Server
  let isBroken = false
  let endpoint: string

  beforeAll(async () => {
    port = await freePort('127.0.0.1')
    s3 = await start(port, 'moto_server', '--host', '127.0.0.1', '--port', String(port))
    // In between, for moto keeps its objects in memory: the way to it breaks, not the store.
    proxy = createServer((incoming, outgoing) => {
      if (isBroken) {
        incoming.resume()
        outgoing.writeHead(500).end()
        return
      }
      const { method, url, headers } = incoming
      const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    process.env['AWS_ACCESS_KEY_ID'] = 'test'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
    process.env['AWS_REGION'] = 'us-east-1'
    const client = new S3Client({ endpoint, forcePathStyle: true })
    await client.send(new CreateBucketCommand({ Bucket: 'artifacts' }))
    client.destroy()
  })
  afterAll(async () => {
    proxy.close()
    proxy.closeAllConnections()
    await ended(s3)
  })

  it('refuses publishes while it fails, and loses nothing', async () => {
    const registry = await databases.start({ ARTIFACTS: 's3://artifacts/registry', S3_ENDPOINT: endpoint })
    const token = await signIn(registry.url, 'dora')
    const tally = await underLoad({
      what: 'S3 write error',
      urls: [registry.url],
      token,
      scope: '@dora',
      workers: 3,
      disturb: async (load) => {
        await load.publishes(201, 20)
        isBroken = true
        await load.publishes(503, 20)
        isBroken = false
        await load.publishes(201, 20)
      },
    })
    expect(tally).toMatchObject(nothingLost)
    expect(Object.keys(tally.publishes).sort()).toEqual(['201', '503'])
    await registry.close()
  })

  it('serves tarballs by a redirect that needs no token, when configured', async () => {
    const options = { ARTIFACTS: 's3://artifacts/registry', S3_ENDPOINT: endpoint, ARTIFACTS_REDIRECT: 'true' }
    const registry = await databases.start(options)
    const token = await signIn(registry.url, 'dora')
    expect((await publish(registry.url, token, '@dora/direct', '1.0.0')).status).toBe(201)
    const answer = await call(`${registry.url}/@dora/direct/-/direct-1.0.0.tgz`)
    expect(answer.status).toBe(302)
    const location = answer.headers.get('location') ?? ''
    expect(location).toContain('X-Amz-Signature')
    expect((await fetch(location)).status).toBe(200)
    await registry.close()
  })

  it('answers 503 for a tarball that has not been copied to this region yet: another one has it', async () => {
    const near = await databases.start({ ARTIFACTS: 's3://artifacts/near', S3_ENDPOINT: endpoint })
    const far = await databases.start({ ARTIFACTS: 's3://artifacts/far', S3_ENDPOINT: endpoint })
    const token = await signIn(near.url, 'dora')
    expect((await publish(near.url, token, '@dora/copied', '1.0.0')).status).toBe(201)
    const tarball = '/@dora/copied/-/copied-1.0.0.tgz'
    const missed = await call<{ code: string }>(`${far.url}${tarball}`)
    expect([missed.status, missed.body.code]).toEqual([503, 'UNAVAILABLE'])
    expect(Number(missed.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await call(`${near.url}${tarball}`)).status).toBe(200)
    await near.close()
    await far.close()
  })

  it('keeps what a version names and sweeps what none does', async () => {
    const registry = await databases.start({ ARTIFACTS: 's3://artifacts/swept', S3_ENDPOINT: endpoint })
    const token = await signIn(registry.url, 'dora')
    expect((await publish(registry.url, token, '@dora/kept', '1.0.0')).status).toBe(201)
    const orphan = 'ab'.repeat(64)
    await registry.registry.artifacts.put('@dora/kept', orphan, Buffer.from('left over'))
    await sleep(1100)
    expect(await registry.registry.sweeper.sweep(1000)).toBe(1)
    expect((await call(`${registry.url}/@dora/kept/-/kept-1.0.0.tgz`)).status).toBe(200)
    await registry.close()
  })
})
