import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.mjs'
import { k6Version } from './version.mjs'

/** @typedef {import('./k6.mjs').FindOptions} FindOptions */
/** @typedef {Required<Pick<FindOptions, 'env' | 'platform' | 'report'>> & FindOptions} GetOptions */

/**
 * The release archive, checked against the SHA-256 that is published with it.
 * @param {string} room
 * @param {string} executable
 * @param {GetOptions} options
 */
export async function downloadK6(
  room,
  executable,
  { platform, arch = process.arch, fetch = globalThis.fetch, report },
) {
  const system = { linux: 'linux', darwin: 'macos', win32: 'windows' }[/** @type {string} */ (platform)]
  const machine = { x64: 'amd64', arm64: 'arm64' }[arch]
  if (system == null || machine == null) throw new Error(`there is none for ${platform} on ${arch}`)
  const name = `k6-v${k6Version}-${system}-${machine}`
  const archive = `${name}.${system === 'linux' ? 'tar.gz' : 'zip'}`
  const base = `https://github.com/grafana/k6/releases/download/v${k6Version}`

  // A few seconds for the small file tell whether the site can be reached at all.
  const sums = await (await fetchOk(fetch, `${base}/k6-v${k6Version}-checksums.txt`, 5000)).text()
  const expected = sums
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, file]) => file === archive)?.[0]
  if (expected == null) throw new Error(`no checksum is published for ${archive}`)
  report(`downloading ${archive}`)
  const bytes = Buffer.from(await (await fetchOk(fetch, `${base}/${archive}`, 120_000)).arrayBuffer())
  const sum = createHash('sha256').update(bytes).digest('hex')
  if (sum !== expected) throw new Error(`${archive} has the SHA-256 ${sum}, expected ${expected}`)

  const file = join(room, archive)
  await writeFile(file, bytes)
  // GNU tar reads the Linux archives; the tar of macOS and Windows reads zip as well.
  const { code, output } = await runProgram('tar', ['-xf', file, '-C', room], { timeout: 300_000 })
  if (code !== 0) throw new Error(`tar could not unpack ${archive}: ${output.trim()}`)
  return join(room, name, executable)
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} url
 * @param {number} timeout
 */
async function fetchOk(fetch, url, timeout) {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response
}
