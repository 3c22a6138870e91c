import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { Engine, type EngineAddress } from './engine.ts'

const patienceMilliseconds = 3000

/** An engine that answers, or why there is none. */
export async function findEngine(): Promise<
  { readonly engine: Engine; readonly address: EngineAddress } | { readonly reason: string }
> {
  const host = process.env['DOCKER_HOST'] ?? (await contextHost()) ?? defaultHost()
  const address = readAddress(host)
  if (!address) return { reason: `The docker runtime needs an engine on a local socket or plain tcp, found ${host}.` }
  const engine = new Engine(address)
  try {
    const { Os } = await engine.call<{ Os: string }>('GET', '/version', undefined, patienceMilliseconds)
    if (Os !== 'linux')
      return { reason: `The docker runtime needs an engine for Linux containers; that at ${host} is for ${Os}.` }
    return { engine, address }
  } catch (cause) {
    return { reason: `The docker runtime needs an engine; none answers at ${host}: ${(cause as Error).message}` }
  }
}

/** The engine that the docker command would use; `undefined` without the command. */
async function contextHost(): Promise<string | undefined> {
  try {
    const format = '{{.Endpoints.docker.Host}}'
    const options = { timeout: patienceMilliseconds }
    const { stdout } = await promisify(execFile)('docker', ['context', 'inspect', '--format', format], options)
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}

function defaultHost(): string {
  return process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'
}

/** `undefined` for what needs more than a socket (ssh, TLS). */
export function readAddress(host: string): EngineAddress | undefined {
  const [, scheme, rest = ''] = /^(unix|npipe|tcp|http):\/\/(.+)$/.exec(host) ?? []
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest }
  if (scheme === undefined || process.env['DOCKER_TLS_VERIFY'] !== undefined) return undefined
  const { hostname, port } = new URL(`http://${rest}`)
  return { host: hostname, port: Number(port || 2375) }
}
