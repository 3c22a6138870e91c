import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishDocument, signIn } from './client.ts'
import { startDatabases } from './running-registry.ts'
import type { Databases, RunningRegistry } from './running-registry.ts'

let databases: Databases
let server: RunningRegistry
let impatient: RunningRegistry
let url: string
let token: string
let before: number[]

beforeAll(async () => {
  databases = await startDatabases(1)
  server = await databases.start({
    MAX_UNPACKED_BYTES: String(8 * 1024 * 1024),
    MAX_TARBALL_BYTES: String(1024 * 1024),
    MAX_MANIFEST_BYTES: '65536',
  })
  // For what never ends, and for nothing else: on a busy machine an honest request may take as long.
  impatient = await databases.start({}, { headersMs: 400, requestMs: 800, checkMs: 100 })
  ;({ url } = server)
  token = await signIn(url, 'alice')
  before = await stored()
})
afterAll(async () => databases.close())

/** Rows of everything that a publish would write. */
async function stored(): Promise<number[]> {
  const counts: number[] = []
  for (const { schema, pool } of server.registry.router.shards()) {
    for (const table of ['packages', 'versions', 'tags', 'artifacts', 'outbox']) {
      const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from ${schema}.${table}`)
      counts.push(rows[0]?.count ?? -1)
    }
  }
  return counts
}

interface Answer {
  readonly status: number
  readonly code: unknown
}

async function send(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  const text = await response.text()
  const problem =
    /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? (JSON.parse(text) as unknown) : {}
  return { status: response.status, code: (problem as { code?: unknown } | null)?.code }
}

/** Refused with a code, or an ordinary answer; 501 says that something is not supported. Never a failure. */
const isSound = ({ status, code }: Answer): boolean =>
  (status >= 200 && status < 400) || ((status < 500 || status === 501) && typeof code === 'string')

/** Speaks to the port without an HTTP client in between. @returns all that came back until the server closed the connection */
function raw(bytes: string | Buffer, to = url, patienceMs = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(to).port), '127.0.0.1')
    let answer = ''
    const late = setTimeout(() => {
      socket.destroy()
      reject(new Error(`expected the server to close the connection, found it open after ${patienceMs} ms: ${answer}`))
    }, patienceMs)
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(late)
      resolve(answer)
    })
    socket.write(bytes)
  })
}

describe('connections', () => {
  it.each<[string, string]>([
    ['headers that never end', 'GET /-/ping HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'a body that never ends',
      'PUT /@alice%2fslow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"name":',
    ],
  ])('with %s are answered with a 4xx and closed', async (_what, bytes) => {
    const answer = await raw(Buffer.from(bytes, 'latin1'), impatient.url)
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"TIMEOUT"/)
    expect((await send('GET', '/-/ping')).status).toBe(200)
  })

  it.each<[string, string, RegExp]>([
    [
      'a flood of headers',
      `GET /-/ping HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 5000 }, (_, index) => `X-${index}: ${'y'.repeat(50)}\r\n`).join('')}\r\n`,
      /^HTTP\/1\.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/,
    ],
    ['one long header', `GET /-/ping HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['a long URL', `GET /${'y'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 [\s\S]*"code":"BAD_REQUEST"/],
    ['TLS to a port without it', Buffer.from('16030100a5010000a10303', 'hex').toString('latin1'), /^HTTP\/1\.1 400 /],
    ['no host', 'GET /-/ping HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'two lengths',
      'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a length beside chunks (request smuggling)',
      'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    ['a NUL in a header', 'GET /-/ping HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'a chunk of no length',
      'PUT /@alice%2fx HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      /^HTTP\/1\.1 400 /,
    ],
  ])('with %s are answered with a 4xx and closed', async (_what, bytes, expected) => {
    expect(await raw(Buffer.from(bytes, 'latin1'))).toMatch(expected)
    expect((await send('GET', '/-/ping')).status).toBe(200)
  })
})

describe('bodies', () => {
  it.each<[string, string | Buffer, Record<string, string>, number]>([
    ['no JSON', '{', {}, 400],
    ['an array', '[]', {}, 400],
    ['null', 'null', {}, 400],
    ['a number', '1', {}, 400],
    ['a string', '"x"', {}, 400],
    ['JSON that is nested 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, {}, 400],
    ['half a surrogate', '{"name":"\\ud800"}', {}, 400],
    ['gzip that is none', 'not gzip', { 'content-encoding': 'gzip' }, 400],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)), { 'content-encoding': 'gzip' }, 413],
    ['an unknown encoding', '{}', { 'content-encoding': 'compress' }, 415],
    ['more than may be sent', `{"x":"${'y'.repeat(4 * 1024 * 1024)}"}`, {}, 413],
    [
      'a manifest that is too large',
      JSON.stringify(publishDocument('@alice/body', '1.0.0', { manifest: { description: 'x'.repeat(70_000) } })),
      {},
      413,
    ],
    [
      'a manifest with 20,000 dependencies',
      JSON.stringify(
        publishDocument('@alice/body', '1.0.0', {
          manifest: {
            dependencies: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`d${index}`, '*'])),
          },
        }),
      ),
      {},
      413,
    ],
    [
      'a text with NULs',
      JSON.stringify({ ...publishDocument('@alice/body', '1.0.0'), readme: 'a\0b', 'dist-tags': { 'a\0': '1.0.0' } }),
      {},
      400,
    ],
  ])('with %s are refused', async (_what, body, headers, status) => {
    const answer = await send('PUT', '/@alice%2fbody', body, headers)
    expect(answer).toEqual({ status, code: expect.any(String) as string })
  })
})

describe('a fuzz run', () => {
  const nasty = fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2f',
    '%00',
    '%',
    '%zz',
    '@',
    '@@',
    '@acme',
    '-',
    '-rev',
    '__proto__',
    'constructor',
    'toString',
    '1.0.0',
    '>=0',
    'latest',
    "' or 1=1 --",
    '${x}',
    '\\',
    '%5c..%5c',
    'x'.repeat(300),
    '\u{1f4a9}',
    '\u202e',
    'a b',
    '*',
    '{',
    '%ff',
  )
  const segment = fc.oneof(nasty, fc.string({ maxLength: 20 }).map(encodeURIComponent), fc.webSegment())
  const prefixes = [
    '',
    '/-',
    '/-/package',
    '/-/user',
    '/-/npm/v1',
    '/-/npm/v1/tokens',
    '/-/npm/v1/security',
    '/-/v1',
    '/-/web',
    '/-/web/package',
    '/-/web/admin',
    '/r',
    '/r/@acme',
    '/r/styles',
    '/@alice',
    '/-/org',
    '/-/team',
    '/-/stage',
    '/health',
  ]
  const path = fc
    .tuple(fc.constantFrom(...prefixes), fc.array(segment, { maxLength: 4 }), fc.option(fc.webQueryParameters()))
    .map(([prefix, segments, query]) => `${prefix}/${segments.join('/')}${query === null ? '' : `?${query}`}`)
  const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD')

  it('of 600 requests to anywhere finds no failure', async () => {
    const run = fc.assert(
      fc.asyncProperty(method, path, fc.option(fc.json({ maxDepth: 3 })), async (verb, where, body) => {
        const sent = verb === 'GET' || verb === 'HEAD' ? undefined : (body ?? undefined)
        const answer = await send(verb, encodeURI(decodeOr(where)), sent)
        if (verb === 'HEAD' || verb === 'OPTIONS') return answer.status < 500 || answer.status === 501
        return isSound(answer)
      }),
      { seed: 20_261_121, numRuns: 600 },
    )
    await expect(run).resolves.toBeUndefined()
  })

  it('of 300 documents to publish, each with some of its values replaced, stores nothing and finds no failure', async () => {
    const good = JSON.parse(JSON.stringify(publishDocument('@alice/fuzz', '1.0.0'))) as Record<string, unknown>
    const places = pathsOf(good)
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), nasty, fc.constantFrom(null, -1, 1e308, '', [], {}))
    const run = fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...places), value), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          const document = structuredClone(good)
          for (const [place, instead] of changes) put(document, place, instead)
          // Another tarball under the same integrity, so that what gets through everything else is refused in the end.
          const attachment = Object.values((document['_attachments'] ?? {}) as Record<string, { data?: unknown }>)[0]
          if (attachment && typeof attachment === 'object')
            attachment.data = Buffer.from('not a tarball').toString('base64')
          const { status, code } = await send('PUT', '/@alice%2ffuzz', JSON.stringify(document))
          return status >= 400 && status < 500 && typeof code === 'string'
        },
      ),
      { seed: 20_261_121, numRuns: 300 },
    )
    await expect(run).resolves.toBeUndefined()
  })
})

describe('afterwards', () => {
  it('nothing of it is stored', async () => {
    expect(await stored()).toEqual(before)
  })

  it('a hundred bombs leave no memory behind', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024))
    const body = JSON.stringify({
      ...publishDocument('@alice/bomb', '1.0.0'),
      versions: { '1.0.0': { name: '@alice/bomb', version: '1.0.0' } },
      _attachments: { 'x.tgz': { data: bomb.toString('base64'), length: bomb.length } },
    })
    expect(await send('PUT', '/@alice%2fbomb', body)).toEqual({ status: 413, code: 'TOO_LARGE' })
    const start = process.memoryUsage().rss
    for (let turn = 0; turn < 10; turn += 1)
      await Promise.all(Array.from({ length: 10 }, () => send('PUT', '/@alice%2fbomb', body)))
    expect(process.memoryUsage().rss - start).toBeLessThan(200 * 1024 * 1024)
    expect(await stored()).toEqual(before)
  })
})

/** A path that fetch takes as it is: what is no valid escape becomes one. */
function decodeOr(path: string): string {
  return path.replace(/%(?![0-9a-f]{2})/gi, '%25').replaceAll('#', '%23')
}

type Place = readonly string[]

function pathsOf(value: unknown, at: Place = []): Place[] {
  if (value === null || typeof value !== 'object') return [at]
  const below = Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...at, key]))
  return at.length === 0 ? below : [at, ...below]
}

function put(document: Record<string, unknown>, place: Place, value: unknown): void {
  let here = document
  for (const key of place.slice(0, -1)) {
    const next = here[key]
    if (next === null || typeof next !== 'object') return
    here = next as Record<string, unknown>
  }
  const last = place.at(-1)
  if (last !== undefined) here[last] = value
}
