import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { packTarball } from '../acceptance/tarball.ts'

export interface LoadResult {
  readonly rps: number
  /** Milliseconds. */
  readonly p95: number
}

/** What wrk prints at its end. */
export const wrkReport = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %d\\n", summary.requests / (summary.duration / 1000000),
    latency:percentile(95) / 1000, e.status + e.connect + e.read + e.write + e.timeout))
end
`

/**
 * Loads one URL by wrk: one thread, 32 connections.
 *
 * @throws Error when wrk is not installed, or a request failed
 */
export async function load(
  url: string,
  headers: Readonly<Record<string, string>>,
  seconds: number,
  script: string,
): Promise<LoadResult> {
  const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn('wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', script, ...sent, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.once('error', (cause) =>
      reject(new Error('the benchmark needs wrk on the PATH (Debian: apt-get install wrk)', { cause })),
    )
    child.once('close', () => resolve(text))
  })
  const [, rps, p95, failed] = /RESULT (\S+) (\S+) (\d+)/.exec(output) ?? []
  if (rps === undefined) throw new Error(`wrk said nothing that can be read:\n${output}`)
  if (Number(failed) > 0) throw new Error(`${failed} requests of ${url} failed`)
  return { rps: Number(rps), p95: Number(p95) }
}

/** A manifest of about a kilobyte, as real ones are, and a tarball of about 20 KB that hardly compresses. */
function benchDocument(name: string, version: string) {
  const manifest = {
    name,
    version,
    description: 'A component that is published to be measured',
    keywords: ['component', 'benchmark', 'button'],
    license: 'MIT',
    repository: { type: 'git', url: 'git+https://example.test/acme/components.git' },
    scripts: { build: 'tsc -b', test: 'vitest run' },
    dependencies: Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`@acme/dependency-${index}`, `^${index}.0.0`]),
    ),
    peerDependencies: { react: '^19.0.0' },
  }
  const tarball = packTarball({
    'package.json': JSON.stringify(manifest),
    'index.js': randomBytes(19_500).toString('base64'),
  })
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const shasum = createHash('sha1').update(tarball).digest('hex')
  const dist = { integrity, shasum, tarball: `http://localhost/${name}/-/${name}-${version}.tgz` }
  const attachment = {
    content_type: 'application/octet-stream',
    data: tarball.toString('base64'),
    length: tarball.length,
  }
  return {
    _id: name,
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist } },
    _attachments: { [`${name}-${version}.tgz`]: attachment },
  }
}

export async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/-/user/org.couchdb.user:bench`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'bench',
      password: 'bench has a password',
      email: 'bench@example.test',
      type: 'user',
      roles: [],
    }),
  })
  if (response.status !== 201)
    throw new Error(`expected bench to sign in at ${url}, found ${response.status}: ${await response.text()}`)
  return ((await response.json()) as { token: string }).token
}

/** @returns how long it took, in milliseconds */
export async function publish(url: string, token: string, name: string, version: string): Promise<number> {
  const body = JSON.stringify(benchDocument(name, version))
  const began = performance.now()
  const response = await fetch(`${url}/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  })
  const text = await response.text()
  if (!response.ok)
    throw new Error(`expected ${name}@${version} to be published at ${url}, found ${response.status}: ${text}`)
  return performance.now() - began
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}
