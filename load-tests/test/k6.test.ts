import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findK6, k6Version } from '../tool/k6.mjs'

let room: string
let env: NodeJS.ProcessEnv

/** An executable that answers as k6 and Go do. */
async function program(folder: string, name: string, answer: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\n${answer}\n`)
  await chmod(file, 0o755)
}

const offline = async (): Promise<Response> => {
  throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })
}

beforeEach(async () => {
  room = await mkdtemp(join(tmpdir(), 'sluice-k6-test-'))
  env = { PATH: `${join(room, 'bin')}:/usr/bin:/bin`, HOME: room, XDG_CACHE_HOME: join(room, 'cache') }
})
afterEach(() => rm(room, { recursive: true, force: true }))

describe('findK6', () => {
  it('takes 1.8 or newer from the PATH, of either generation', async () => {
    await program(join(room, 'bin'), 'k6', 'echo "k6 v2.2.0 (commit/abc, go1.26, linux/amd64)"')
    expect(await findK6({ env, fetch: offline })).toEqual({
      path: join(room, 'bin', 'k6'),
      version: '2.2.0',
      source: 'path',
    })
  })

  it('gives an absolute path, whatever the PATH says: it is run from elsewhere', async () => {
    await program(join(room, 'bin'), 'k6', 'echo "k6 v1.8.0 (go1.26, linux/amd64)"')
    const { path } = await findK6({ env: { ...env, PATH: relative('.', join(room, 'bin')) }, fetch: offline })
    expect(path).toBe(join(room, 'bin', 'k6'))
  })

  it('asks the PATH, the cache, the archive and Go in this order, each only when the ones before had none', async () => {
    const asked: string[] = []
    const goes = ['echo "go version go1.26.8 linux/amd64"', 'exit 1']
    await program(join(room, 'bin'), 'go', `case "$1" in version) ${goes[0]} ;; *) ${goes[1]} ;; esac`)
    const fetch = async () => {
      asked.push('archive')
      return offline()
    }
    const failure = await findK6({ env, fetch, report: (line) => asked.push(line.includes('Go') ? 'go' : line) }).catch(
      (error: Error) => error.message,
    )
    expect(asked).toEqual(['archive', 'go'])
    const order = ['the PATH:', 'the cache:', 'the release archive:', 'go install'].map((way) =>
      String(failure).indexOf(way),
    )
    expect(order.every((at, index) => at > (order[index - 1] ?? 0))).toBe(true)
  })

  it('passes over an old one, and takes the cached one', async () => {
    await program(join(room, 'bin'), 'k6', 'echo "k6 v0.57.0"')
    const folder = join(room, 'cache', 'sluice', 'k6', `v${k6Version}`)
    await program(folder, 'k6', `echo "k6 v${k6Version}"`)
    expect(await findK6({ env, fetch: offline })).toMatchObject({ path: join(folder, 'k6'), source: 'cache' })
  })

  const archive = `k6-v${k6Version}-linux-amd64`
  const release = async (sum?: string) => {
    await program(join(room, 'release', archive), 'k6', `echo "k6 v${k6Version}"`)
    execFileSync('tar', ['-czf', join(room, 'a.tar.gz'), '-C', join(room, 'release'), archive])
    const bytes = await readFile(join(room, 'a.tar.gz'))
    const published = sum ?? createHash('sha256').update(bytes).digest('hex')
    return async (url: string | URL | Request) =>
      (url instanceof Request ? url.url : url.toString()).endsWith('checksums.txt')
        ? new Response(`${published}  ${archive}.tar.gz\n`)
        : new Response(new Uint8Array(bytes))
  }

  it('downloads the release archive, checks it and keeps nothing else', async () => {
    const fetch = await release()
    const k6 = await findK6({ env, platform: 'linux', arch: 'x64', fetch })
    expect(k6).toMatchObject({ version: k6Version, source: 'download' })
    expect(await readdir(join(room, 'cache', 'sluice', 'k6', `v${k6Version}`))).toEqual(['k6'])
    expect(await findK6({ env, platform: 'linux', arch: 'x64', fetch: offline })).toMatchObject({ source: 'cache' })
  })

  it('refuses an archive with another checksum', async () => {
    const fetch = await release('0'.repeat(64))
    await expect(
      findK6({ env: { ...env, PATH: '/usr/bin:/bin' }, platform: 'linux', arch: 'x64', fetch }),
    ).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, expected 0{64}/)
  })

  it('builds it with Go where nothing else is to be had', async () => {
    const go = [
      'case "$1 $2" in',
      '  "version ") echo "go version go1.26.8 linux/amd64" ;;',
      '  "env GOMODCACHE") echo "" ;;',
      `  "install go.k6.io/k6@v${k6Version}") printf '#!/bin/sh\\necho k6 v${k6Version}\\n' > "$GOBIN/k6" ;;`,
      '  *) exit 2 ;;',
      'esac',
    ].join('\n')
    await program(join(room, 'bin'), 'go', go)
    const lines: string[] = []
    const k6 = await findK6({ env, fetch: offline, report: (line) => lines.push(line) })
    expect(k6).toMatchObject({ version: k6Version, source: 'go' })
    expect(lines.join('\n')).toContain('about two minutes')
  })

  it('names all four ways, and why each failed', async () => {
    await program(join(room, 'bin'), 'k6', 'echo "k6 v1.7.9"')
    await program(join(room, 'bin'), 'go', 'echo "go version go1.24.1 linux/amd64"')
    const failure = findK6({ env, fetch: offline })
    await expect(failure).rejects.toThrow(/the PATH: .*k6 is 1\.7\.9/)
    await expect(failure).rejects.toThrow(/the cache: no k6 in/)
    await expect(failure).rejects.toThrow(/the release archive: fetch failed \(getaddrinfo ENOTFOUND\)/)
    await expect(failure).rejects.toThrow(
      /go install go\.k6\.io\/k6@v1\.8\.1: Go 1\.25 or newer is needed, found 1\.24/,
    )
  })
})
