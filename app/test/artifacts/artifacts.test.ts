import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { publish, publishDocument, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'

let databases: Databases
let folder: string

beforeAll(async () => {
  databases = await startDatabases()
  folder = join(databases.folder, 'artifacts')
})
afterAll(async () => databases.close())

const sha512 = (bytes: Buffer) => createHash('sha512').update(bytes).digest('hex')
const tarballOf = (name: string, version: string): Buffer =>
  Buffer.from(Object.values(publishDocument(name, version)['_attachments'])[0]?.['data'] as string, 'base64')

interface Place {
  readonly environment: () => Record<string, string>
  /** Puts other bytes where those of the digest lie, as a disk that forgets would. */
  readonly spoil: (server: RunningRegistry, digest: string) => Promise<void>
  readonly holds: (server: RunningRegistry, digest: string) => Promise<Buffer | undefined>
  readonly age: (server: RunningRegistry, digest: string) => Promise<void>
}

const pathOf = (digest: string) => join(folder, digest.slice(0, 2), digest.slice(2))
const everywhere = async (server: RunningRegistry, sql: string, values: unknown[]) => {
  const found: { bytes: Buffer }[] = []
  for (const { schema, pool } of server.registry.router.shards())
    found.push(...(await pool.query<{ bytes: Buffer }>(sql.replaceAll('SHARD', schema), values)).rows)
  return found
}

const places: readonly [string, Place][] = [
  [
    'a folder',
    {
      environment: () => ({ ARTIFACTS: folder }),
      spoil: async (_server, digest) => writeFile(pathOf(digest), 'something else'),
      holds: async (_server, digest) => readFile(pathOf(digest)).catch(() => undefined),
      age: async (_server, digest) => utimes(pathOf(digest), 0, 0),
    },
  ],
  [
    'the shards',
    {
      environment: () => ({}),
      spoil: async (server, digest) => {
        await everywhere(server, 'update SHARD.artifacts set bytes = $2 where digest = $1', [digest, 'something else'])
      },
      holds: async (server, digest) =>
        (await everywhere(server, 'select bytes from SHARD.artifacts where digest = $1', [digest]))[0]?.bytes,
      age: async (server, digest) => {
        await everywhere(server, `update SHARD.artifacts set stored = 'epoch' where digest = $1`, [digest])
      },
    },
  ],
]

describe.each(places)('artifacts in %s', (where, { environment, spoil, holds, age }) => {
  const scope = `@${where.replaceAll(' ', '-')}`
  let server: RunningRegistry
  let token: string

  beforeAll(async () => {
    server = await databases.start(environment())
    token = await signIn(server.url, scope.slice(1))
  })
  beforeEach(() => server.registry.cache.clear())
  afterAll(async () => server.close())

  const tarball = async (name: string) => {
    const answer = await fetch(`${server.url}/${name}/-/${name.split('/')[1]}-1.0.0.tgz`)
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()), headers: answer.headers }
  }

  it('are what was published, and under what they are', async () => {
    const name = `${scope}/whole`
    expect((await publish(server.url, token, name, '1.0.0')).status).toBe(201)
    const sent = tarballOf(name, '1.0.0')
    expect(await holds(server, sha512(sent))).toEqual(sent)
    expect(await tarball(name)).toMatchObject({ status: 200, bytes: sent })
  })

  it('that are not what they were are never served, nor remembered, and served again when they are mended', async () => {
    const name = `${scope}/spoiled`
    await publish(server.url, token, name, '1.0.0')
    const sent = tarballOf(name, '1.0.0')
    await spoil(server, sha512(sent))
    for (const again of [1, 2]) {
      const answer = await tarball(name)
      expect([again, answer.status, JSON.parse(answer.bytes.toString())]).toMatchObject([
        again,
        500,
        { code: 'INTERNAL' },
      ])
      expect(answer.bytes.toString()).not.toContain('something else')
      expect(answer.headers.get('cache-control') ?? '').not.toMatch(/immutable|max-age/)
    }
    // A publish of the very same bytes, interrupted and repeated, say, does not take the spoiled ones for them.
    const { artifacts, router } = server.registry
    if (artifacts.putWithin)
      await router.write(name, async (client, route) => artifacts.putWithin?.(client, route, sha512(sent), sent))
    else await artifacts.put(name, sha512(sent), sent)
    expect(await tarball(name)).toMatchObject({ status: 200, bytes: sent })
  })

  it('that no version names are swept a day later, and no other', async () => {
    const [kept, left] = [`${scope}/kept`, `${scope}/left`]
    await publish(server.url, token, kept, '1.0.0')
    const orphan = tarballOf(left, '1.0.0')
    const young = tarballOf(left, '2.0.0')
    for (const bytes of [orphan, young]) await server.registry.artifacts.put(left, sha512(bytes), bytes)
    for (const bytes of [orphan, tarballOf(kept, '1.0.0')]) await age(server, sha512(bytes))
    expect(await server.registry.sweeper.sweep()).toBe(1)
    expect(await holds(server, sha512(orphan))).toBeUndefined()
    expect(await holds(server, sha512(young))).toEqual(young)
    expect((await tarball(kept)).status).toBe(200)
  })
})

describe('a folder', () => {
  it('keeps nothing of what was cut short', async () => {
    const server = await databases.start({ ARTIFACTS: folder })
    const digest = sha512(Buffer.from('cut short'))
    const partial = `${pathOf(digest)}.partial`
    await mkdir(join(partial, '..'), { recursive: true })
    await writeFile(partial, 'cut')
    await utimes(partial, 0, 0)
    await server.registry.sweeper.sweep()
    const files = await Promise.all((await readdir(folder)).map((each) => readdir(join(folder, each))))
    expect(files.flat().filter((file) => file.endsWith('.partial'))).toEqual([])
    await server.close()
  })
})
