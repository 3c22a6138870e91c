import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../src/embedded/free-port.ts'

export interface RedisSetup {
  readonly cluster: boolean
  readonly tls: boolean
}

interface Node {
  readonly port: number
  readonly folder: string
  process: ChildProcess | undefined
}

/** Why Redis cannot be tried here; nothing where it can. Where everything is required that is a failure. */
export function missingRedis(): string | undefined {
  const absent = ['redis-server', 'redis-cli', 'openssl'].filter(
    (program) => spawnSync(program, [program === 'openssl' ? 'version' : '--version']).error !== undefined,
  )
  if (absent.length === 0) return undefined
  const reason = `${absent.join(', ')} not installed: apt-get install redis-server redis-tools openssl`
  if (process.env['SLUICE_REQUIRE']) throw new Error(reason)
  return reason
}

/** A password that has to be escaped in a URL. */
const password = 'p@ss/word:1'
const operatorPassword = 'the operator has another'

/**
 * Real redis-servers on this machine alone: one, or a cluster of three masters; by TLS with a certificate of an authority of
 * their own. Users are as infra makes them: `registry` may do everything but what is dangerous, `default` nothing.
 */
export class RedisServers {
  readonly #nodes: readonly Node[]
  readonly #setup: RedisSetup
  readonly #folder: string

  private constructor(nodes: readonly Node[], setup: RedisSetup, folder: string) {
    this.#nodes = nodes
    this.#setup = setup
    this.#folder = folder
  }

  static async start(folder: string, setup: RedisSetup): Promise<RedisServers> {
    mkdirSync(folder, { recursive: true })
    if (setup.tls) makeCertificates(folder)
    const nodes: Node[] = []
    for (let index = 0; index < (setup.cluster ? 3 : 1); index += 1) {
      const node = { port: await freePort('127.0.0.1'), folder: join(folder, `node-${index}`), process: undefined }
      mkdirSync(node.folder)
      writeFileSync(join(node.folder, 'redis.conf'), await configurationOf(node.port, setup, folder))
      nodes.push(node)
    }
    const servers = new RedisServers(nodes, setup, folder)
    for (const index of nodes.keys()) await servers.revive(index)
    if (setup.cluster) {
      const places = nodes.map(({ port }) => `127.0.0.1:${port}`)
      await servers.#cli(nodes[0], ['--cluster', 'create', ...places, '--cluster-yes'])
      await servers.isWhole()
    }
    return servers
  }

  /** What the registry is told: one node of a cluster has to do. */
  environment(): Record<string, string> {
    const { cluster, tls } = this.#setup
    const user = `registry:${encodeURIComponent(password)}`
    return {
      REDIS_URL: `${tls ? 'rediss' : 'redis'}://${user}@127.0.0.1:${this.#nodes[0]?.port}`,
      REDIS_CLUSTER: String(cluster),
      ...(tls && { NODE_EXTRA_CA_CERTS: join(this.#folder, 'authority.pem') }),
    }
  }

  get size(): number {
    return this.#nodes.length
  }

  /** As a machine that loses power. */
  async kill(index: number): Promise<void> {
    const node = this.#nodes[index]
    const { process } = node ?? {}
    if (!node || !process) return
    const ended = new Promise((resolve) => process.once('close', resolve))
    process.kill('SIGKILL')
    await ended
    node.process = undefined
  }

  /** Neither answers nor closes its connections, or goes on again. */
  hang(index: number, isHanging: boolean): void {
    this.#nodes[index]?.process?.kill(isHanging ? 'SIGSTOP' : 'SIGCONT')
  }

  /** Starts a node with what it had; its keys are gone. */
  async revive(index: number): Promise<void> {
    const node = this.#nodes[index]
    if (!node || node.process) return
    const child = spawn('redis-server', [join(node.folder, 'redis.conf')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: node.folder,
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4000)))
    node.process = child
    await until(`redis-server on port ${node.port}`, async () => {
      if (child.exitCode !== null) throw new Ended(`redis-server ended with exit code ${child.exitCode}:\n${output}`)
      return (await this.#cli(node, ['ping'])).includes('PONG')
    })
  }

  /** Resolves when every slot is served again. */
  isWhole(): Promise<void> {
    return until('the cluster', async () => {
      for (const node of this.#nodes)
        if (!(await this.#cli(node, ['cluster', 'info'])).includes('cluster_state:ok')) return false
      return true
    })
  }

  /** Keys of each node. */
  async keys(): Promise<number[]> {
    const sizes: number[] = []
    for (const node of this.#nodes) sizes.push(Number(await this.#cli(node, ['dbsize'])))
    return sizes
  }

  /** How many reads found what they asked for, over all nodes. */
  async hits(): Promise<number> {
    let sum = 0
    for (const node of this.#nodes)
      sum += Number(/keyspace_hits:(\d+)/.exec(await this.#cli(node, ['info', 'stats']))?.[1])
    return sum
  }

  async stop(): Promise<void> {
    for (const index of this.#nodes.keys()) await this.kill(index)
  }

  async #cli(node: Node | undefined, words: readonly string[]): Promise<string> {
    const tls = this.#setup.tls ? ['--tls', '--cacert', join(this.#folder, 'authority.pem')] : []
    const where = ['-h', '127.0.0.1', '-p', String(node?.port), '--user', 'operator', '--no-auth-warning', ...tls]
    const { stdout } = await promisify(execFile)('redis-cli', [...where, ...words], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { PATH: process.env['PATH'], REDISCLI_AUTH: operatorPassword },
    })
    return stdout
  }
}

async function configurationOf(port: number, { cluster, tls }: RedisSetup, folder: string): Promise<string> {
  const lines = [
    'bind 127.0.0.1',
    'save ""',
    'appendonly no',
    `user registry on >${password} ~* &* +@all -@dangerous`,
    `user operator on ">${operatorPassword}" ~* &* +@all`,
    'user default off',
    `port ${tls ? 0 : port}`,
  ]
  if (tls) {
    lines.push(
      `tls-port ${port}`,
      `tls-cert-file ${join(folder, 'server.pem')}`,
      `tls-key-file ${join(folder, 'server.key')}`,
      `tls-ca-cert-file ${join(folder, 'authority.pem')}`,
      'tls-auth-clients no',
    )
  }
  if (cluster) {
    lines.push('cluster-enabled yes', 'cluster-node-timeout 1000', `cluster-port ${await freePort('127.0.0.1')}`)
    if (tls) lines.push('tls-cluster yes')
  }
  return `${lines.join('\n')}\n`
}

/** An authority, and a certificate of it for this machine. */
function makeCertificates(folder: string): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
  const request = ['req', '-x509', ...key, '-days', '2']
  openssl(...request, '-subj', '/CN=Redis test authority', '-keyout', 'authority.key', '-out', 'authority.pem')
  const names = [
    '-addext',
    'subjectAltName=IP:127.0.0.1,DNS:localhost',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ]
  const signer = ['-CA', 'authority.pem', '-CAkey', 'authority.key']
  openssl(...request, ...signer, ...names, '-subj', '/CN=redis', '-keyout', 'server.key', '-out', 'server.pem')
}

/** There is nothing to wait for any more. */
class Ended extends Error {}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const began = performance.now()
  for (;;) {
    const answer = await isSo().catch((error: unknown) => error)
    if (answer === true) return
    if (answer instanceof Ended) throw answer
    if (performance.now() - began > 120_000)
      throw new Error(`${what} does not answer within 120 seconds: ${String(answer)}`)
    await sleep(100)
  }
}
