import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768 up: net.ipv4.ip_local_port_range; IANA from 49152
 * up). Whoever asked for the port listens on it later, and until then any connection of this machine could take one of those.
 */
const [first, last] = [10_000, 19_999]

/** A port of `host` that nothing listens on. @throws Error when there is none */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(first, last + 1)
    if (await isFree(host, port)) return port
  }
  throw new Error(`expected a free port of ${host} from ${first} to ${last}, found none after 50 attempts`)
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (cause: NodeJS.ErrnoException) =>
      cause.code === 'EADDRINUSE' || cause.code === 'EACCES' ? resolve(false) : reject(cause),
    )
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}
