// Where k6 comes from: the PATH, the user's cache folder, k6's release archive, or Go. Node built-ins only, nothing newer than
// Node 20: set-up runs this before anything is installed.
import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

/** The version that is downloaded or built. From the PATH anything from 1.8 on is taken. */
export const k6Version = '1.8.1'
const oldest = [1, 8]
/** Older Go cannot build it (its go.mod says 1.25). */
const oldestGo = [1, 25]

/**
 * @typedef {object} K6
 * @property {string} path absolute path of the executable
 * @property {string} version such as `1.8.1`
 * @property {'path' | 'cache' | 'download' | 'go'} source
 */

/**
 * @typedef {object} FindOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {NodeJS.Platform} [platform]
 * @property {string} [arch] as `process.arch`
 * @property {typeof globalThis.fetch} [fetch]
 * @property {(line: string) => void} [report] progress, one line each
 * @property {boolean} [install] `false` only looks, and never downloads or builds
 */

/** What was tried and why none of it gave k6. */
export class K6NotFoundError extends Error {
  /** @param {readonly string[]} attempts */
  constructor(attempts) {
    super(
      [
        `expected k6 ${oldest.join('.')} or newer, or a way to get ${k6Version}; tried, in this order:`,
        ...attempts.map((attempt) => `  - ${attempt}`),
        'Put k6 on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/) or install Go 1.25 or newer, and run this again.',
      ].join('\n'),
    )
    this.name = 'K6NotFoundError'
  }
}

/**
 * Finds k6, or gets it. Throws a `K6NotFoundError` that names everything that was tried.
 * @param {FindOptions} [options]
 * @returns {Promise<K6>}
 */
export async function findK6(options = {}) {
  const { env = process.env, platform = process.platform, report = () => {}, install = true } = options
  const executable = platform === 'win32' ? 'k6.exe' : 'k6'
  /** @type {string[]} */
  const attempts = []

  const found = []
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue
    // A folder on the PATH may be relative, and what is found is run from elsewhere.
    const path = resolve(folder, executable)
    const version = await versionOf(path, env)
    if (version == null) continue
    if (atLeast(version, oldest)) return { path, version, source: 'path' }
    found.push(`${path} is ${version}`)
  }
  attempts.push(`the PATH: ${found.length === 0 ? 'no k6 on it' : found.join(', ')}`)

  const folder = join(cacheFolder(env, platform), 'sluice', 'k6', `v${k6Version}`)
  const cached = join(folder, executable)
  const version = await versionOf(cached, env)
  if (version === k6Version) return { path: cached, version, source: 'cache' }
  attempts.push(`the cache: ${version == null ? `no k6 in ${folder}` : `${cached} is ${version}`}`)
  if (!install) throw new K6NotFoundError([...attempts, 'the release archive and Go: not asked for'])

  for (const [source, get] of /** @type {const} */ ([
    ['download', download],
    ['go', build],
  ])) {
    const room = join(folder, `.${randomUUID()}`)
    try {
      await mkdir(room, { recursive: true })
      const made = await get(room, executable, { ...options, env, platform, report })
      await chmod(made, 0o755)
      // A rename, so that a kill or a second process never leaves half an executable.
      await rename(made, cached)
      report(`k6 ${k6Version} is in ${folder}`)
      return { path: cached, version: k6Version, source }
    } catch (error) {
      const name = source === 'go' ? `go install go.k6.io/k6@v${k6Version}` : 'the release archive'
      attempts.push(`${name}: ${describe(error)}`)
    } finally {
      await rm(room, { recursive: true, force: true })
    }
  }
  throw new K6NotFoundError(attempts)
}

/** @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 */
export function cacheFolder(env, platform) {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir()
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME']
  if (platform === 'darwin') return join(home, 'Library', 'Caches')
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local')
  return join(home, '.cache')
}

/**
 * The version that an executable answers, or nothing when it is none.
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 */
async function versionOf(path, env) {
  if (!(await isFile(path))) return undefined
  const { code, output } = await run(path, ['version'], { env, timeout: 60_000 })
  return code === 0 ? /\bv(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined
}

/** @param {string} path */
async function isFile(path) {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/**
 * @param {string} version
 * @param {readonly number[]} wanted
 */
function atLeast(version, [wantedMajor = 0, wantedMinor = 0]) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

/** @typedef {Required<Pick<FindOptions, 'env' | 'platform' | 'report'>> & FindOptions} GetOptions */

/**
 * The release archive, checked against the SHA-256 that is published with it.
 * @param {string} room
 * @param {string} executable
 * @param {GetOptions} options
 */
async function download(room, executable, { platform, arch = process.arch, fetch = globalThis.fetch, report }) {
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
  const { code, output } = await run('tar', ['-xf', file, '-C', room], { timeout: 300_000 })
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

/**
 * Builds it with Go, which takes about two minutes.
 * @param {string} room
 * @param {string} executable
 * @param {GetOptions} options
 */
async function build(room, executable, { env, report }) {
  const { code: missing, output: answer } = await run('go', ['version'], { env, timeout: 60_000 })
  const go = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(answer)?.[1]
  if (missing !== 0 || go == null) throw new Error(`Go ${oldestGo.join('.')} or newer is needed, found none`)
  if (!atLeast(go, oldestGo)) throw new Error(`Go ${oldestGo.join('.')} or newer is needed, found ${go}`)

  const began = Date.now()
  report(`building k6 ${k6Version} with Go ${go}, once; about two minutes`)
  const ticker = setInterval(() => report(`building k6: ${Math.round((Date.now() - began) / 1000)} s`), 10_000)
  try {
    const { code, output } = await run('go', ['install', `go.k6.io/k6@v${k6Version}`], {
      env: await goEnvironment(room, env),
      timeout: 15 * 60_000,
    })
    if (code !== 0) throw new Error(output.trim().split('\n').slice(-3).join(' ') || `exit code ${code}`)
    report(`built k6 ${k6Version} in ${Math.round((Date.now() - began) / 1000)} s`)
    return join(room, executable)
  } finally {
    clearInterval(ticker)
  }
}

/**
 * Modules that are there are used; else they are fetched into the room and go with it: a home folder is not ours to fill.
 * @param {string} room
 * @param {NodeJS.ProcessEnv} env
 */
async function goEnvironment(room, env) {
  const { output } = await run('go', ['env', 'GOMODCACHE'], { env, timeout: 60_000 })
  const modules = output.trim()
  const exists = await stat(modules).then(
    () => true,
    () => false,
  )
  return {
    ...env,
    GOBIN: room,
    ...(modules !== '' && exists ? {} : { GOMODCACHE: join(room, 'modules') }),
    GOFLAGS: [env['GOFLAGS'], '-modcacherw'].filter(Boolean).join(' '),
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeout: number }} options
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function run(command, args, { env = process.env, timeout }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout })
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }))
  })
}
