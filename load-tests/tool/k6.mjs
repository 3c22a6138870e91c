// Where k6 comes from: the PATH, the user's cache folder, k6's release archive, or Go. Node built-ins only, nothing newer than
// Node 20: set-up runs this before anything is installed.
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { buildK6 } from './build-k6.mjs'
import { downloadK6 } from './download-k6.mjs'
import { runProgram } from './run-program.mjs'
import { atLeast, k6Version } from './version.mjs'

export { k6Version }

/** From the PATH anything from 1.8 on is taken. */
const oldest = [1, 8]

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
    ['download', downloadK6],
    ['go', buildK6],
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
  const { code, output } = await runProgram(path, ['version'], { env, timeout: 60_000 })
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
