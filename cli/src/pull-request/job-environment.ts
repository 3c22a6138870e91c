import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** How programs are told of a proxy and of the authorities that sign for it: curl, Node.js, OpenSSL, Go, Python, pip, git. */
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY']
const network = [
  ...proxies.flatMap((name) => [name, name.toLowerCase()]),
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
  'GOPROXY',
  'GOSUMDB',
  'PIP_INDEX_URL',
]

/** npm's settings (docs.npmjs.com "Config") that say where packages come from; tokens stay where they are. */
const npmNetwork = ['registry', 'proxy', 'https-proxy', 'noproxy', 'cafile', 'strict-ssl']

/** What a job of `sluice pr` is given of this machine. `npm` is what npm is set to here, by its settings' names. */
export function jobEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  npm: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const cache = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const given = network.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []))
  const set = npmNetwork.flatMap((name) => {
    const value = npm[name]
    const isSaid = typeof value === 'boolean' || (typeof value === 'string' && value !== '')
    return isSaid ? [[`npm_config_${name.replaceAll('-', '_')}`, String(value)] as const] : []
  })
  return {
    ...Object.fromEntries([...given, ...set]),
    PATH: [dirname(process.execPath), env['PATH'] ?? ''].join(':'),
    RUNNER_TOOL_CACHE: join(cache, 'sluice'),
    // The caches are the machine's: what they hold is checked against the lock, or Go's sums, each time that it is used.
    XDG_CACHE_HOME: cache,
    npm_config_cache: env['npm_config_cache'] ?? join(homedir(), '.npm'),
    GOMODCACHE: env['GOMODCACHE'] ?? join(env['GOPATH'] ?? join(homedir(), 'go'), 'pkg', 'mod'),
    // The lock names no addresses, so npm asks for every package's: from the cache, however old, before the network.
    npm_config_prefer_offline: 'true',
    // Without a network a job ends with npm's error, in place of a minute of retries for each of its packages.
    npm_config_fetch_retries: '1',
    npm_config_fetch_retry_mintimeout: '1000',
  }
}

/** How npm is set on this machine, by files and variables, without what npm protects (tokens). Nothing when there is no npm. */
export async function readNpmSettings(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { stdout } = await run('npm', ['config', 'list', '--json'], { cwd: folder, timeout: 120_000 })
    return JSON.parse(stdout) as Record<string, unknown>
  } catch {
    // The jobs that need npm say so themselves.
    return {}
  }
}
