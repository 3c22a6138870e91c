import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publishDocument, signIn } from './client.ts'
import { startDatabases } from './running-registry.ts'
import type { Databases, RunningRegistry } from './running-registry.ts'

let databases: Databases
let server: RunningRegistry
let url: string
let token: string

beforeAll(async () => {
  databases = await startDatabases(1)
  server = await databases.start({ MAX_UNPACKED_BYTES: String(1024 * 1024), MAX_TARBALL_BYTES: String(512 * 1024) })
  ;({ url } = server)
  token = await signIn(url, 'alice')
})
afterAll(async () => databases.close())

type Entry = {
  name: string
  type?: 'file' | 'symlink' | 'link' | 'character-device' | 'fifo'
  linkname?: string
  content?: string
}

async function tarball(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack()
  const manifest: Entry = {
    name: 'package/package.json',
    content: JSON.stringify({ name: '@alice/bad', version: '1.0.0' }),
  }
  for (const { name, type = 'file', linkname, content = '' } of [manifest, ...entries]) {
    tar.entry({ name, type, ...(linkname !== undefined && { linkname }) }, type === 'file' ? content : '')
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

function withTarball(bytes: Buffer) {
  const document = publishDocument('@alice/bad', '1.0.0')
  return {
    ...document,
    versions: { '1.0.0': { name: '@alice/bad', version: '1.0.0' } },
    _attachments: { 'bad.tgz': { data: bytes.toString('base64'), length: bytes.length } },
  }
}

/** Nothing, when it is refused with a code and a 4xx and nothing of it is stored; else what happened instead. */
async function notRefused(body: unknown): Promise<string | undefined> {
  const reply = await call(`${url}/@alice%2fbad`, { method: 'PUT', token, body })
  const stored = (await call(`${url}/@alice/bad`)).status !== 404
  const refused = reply.status >= 400 && reply.status < 500 && typeof reply.body['code'] === 'string'
  return refused && !stored
    ? undefined
    : `${reply.status} ${JSON.stringify(reply.body)}${stored ? ', and it is stored' : ''}`
}

describe('tarballs that nobody must unpack', () => {
  it.each<[string, Entry]>([
    ['a path above the package', { name: 'package/../../etc/passwd', content: 'x' }],
    ['a path above the package, in Windows form', { name: 'package\\..\\..\\x', content: 'x' }],
    ['an absolute path', { name: '/etc/passwd', content: 'x' }],
    ['a drive', { name: 'C:/x', content: 'x' }],
    ['a symbolic link', { name: 'package/link', type: 'symlink', linkname: '/etc/passwd' }],
    ['a hard link', { name: 'package/link', type: 'link', linkname: 'package/package.json' }],
    ['a device', { name: 'package/device', type: 'character-device' }],
    ['a pipe', { name: 'package/pipe', type: 'fifo' }],
    ['more than may be unpacked', { name: 'package/bomb', content: '0'.repeat(4 * 1024 * 1024) }],
  ])('refuses %s', async (_what, entry) => {
    expect(await notRefused(withTarball(await tarball([entry])))).toBeUndefined()
  })

  it.each([
    ['no gzip', Buffer.from('not a tarball at all')],
    ['gzip of no tar', gzipSync(Buffer.from('not a tar'.repeat(200)))],
    ['an empty tar', gzipSync(Buffer.alloc(1024))],
    ['more than may be sent', Buffer.alloc(600 * 1024, 1)],
  ])('refuses %s', async (_what, bytes) => {
    expect(await notRefused(withTarball(bytes))).toBeUndefined()
  })
})

/** Wrong values for each place of a publish document. */
const wrong: readonly unknown[] = [
  null,
  0,
  -1,
  true,
  '',
  ' ',
  '../x',
  '__proto__',
  'constructor',
  '1.x',
  'v1',
  '\u0000',
  'x'.repeat(5000),
  [],
  [1],
  {},
  { x: 1 },
]
const places: readonly [string, (value: unknown) => unknown][] = [
  ['the name', (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), name: value })],
  ['the id', (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), _id: value })],
  [
    'dist-tags',
    (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), 'dist-tags': value === null ? 1 : { latest: value } }),
  ],
  ['versions', (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), versions: value })],
  ['a version', (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), versions: { '1.0.0': value } })],
  [
    'the manifest version',
    (value) => ({
      ...publishDocument('@alice/bad', '1.0.0'),
      versions: { '1.0.0': { name: '@alice/bad', version: value } },
    }),
  ],
  [
    'the manifest name',
    (value) => ({
      ...publishDocument('@alice/bad', '1.0.0'),
      versions: { '1.0.0': { name: value, version: '1.0.0' } },
    }),
  ],
  [
    'the integrity',
    (value) => ({
      ...publishDocument('@alice/bad', '1.0.0'),
      versions: { '1.0.0': { name: '@alice/bad', version: '1.0.0', dist: { integrity: value === null ? 1 : value } } },
    }),
  ],
  [
    'the shasum',
    (value) => ({
      ...publishDocument('@alice/bad', '1.0.0'),
      versions: { '1.0.0': { name: '@alice/bad', version: '1.0.0', dist: { shasum: value } } },
    }),
  ],
  ['the attachment', (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), _attachments: { x: value } })],
  ['the data', (value) => ({ ...publishDocument('@alice/bad', '1.0.0'), _attachments: { x: { data: value } } })],
  [
    'the length',
    (value) => ({
      ...publishDocument('@alice/bad', '1.0.0'),
      _attachments: { x: { ...Object.values(publishDocument('@alice/bad', '1.0.0')._attachments)[0], length: value } },
    }),
  ],
]

describe('documents with one thing wrong', () => {
  let refused = 0

  it.each(places)('refuses every wrong value of %s', async (_place, make) => {
    for (const value of wrong) expect(await notRefused(make(value))).toBeUndefined()
    refused += wrong.length
  })

  it('are more than two hundred', () => {
    process.stdout.write(`documents with one thing wrong: ${refused} refused, none stored\n`)
    expect(refused).toBeGreaterThanOrEqual(200)
  })

  it('refuses a key called __proto__, wherever it stands', async () => {
    const text = JSON.stringify(publishDocument('@alice/bad', '1.0.0')).replace(
      '"access"',
      '"__proto__":{"x":1},"access"',
    )
    const response = await fetch(`${url}/@alice%2fbad`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: text,
    })
    expect(response.status).toBe(400)
  })

  it.each([
    '/.bad',
    '/_bad',
    '/@alice%2f..%2f..%2fx',
    '/%00',
    '/@/x',
    '/node_modules',
    '/a%20b',
    `/${'x'.repeat(300)}`,
  ])('refuses the name in %s', async (path) => {
    const { status } = await call(url + path, { method: 'PUT', token, body: publishDocument('x', '1.0.0') })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })
})
