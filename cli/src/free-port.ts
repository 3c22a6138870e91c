import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { ConfigurationError } from '@sluice/core/failure'

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768 up: net.ipv4.ip_local_port_range; IANA from 49152
 * up), and below those of tasks. The port is listened on later, and until then any connection of this machine could take one of
 * those; the load balancers' listeners have the ports after it.
 */
const [first, last] = [10_000, 19_900]

/** A port on 127.0.0.1 that nobody listens on right now. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(first, last + 1)
    if ((await refusalOf(port)) == null) return port
  }
  throw new Error(`expected a free port of 127.0.0.1 from ${first} to ${last}, found none after 50 attempts`)
}

/** Throws a `ConfigurationError` when `port` on 127.0.0.1 cannot be listened on. Leaves nothing behind. */
export async function expectFreePort(port: number): Promise<void> {
  const cause = await refusalOf(port)
  if (cause == null) return
  const found = cause.code === 'EACCES' ? 'one that only root may use' : 'it in use'
  throw new ConfigurationError(
    [
      {
        message: `expected port ${port} to be free, found ${found}`,
        hint: 'name another with --port, or end what uses it',
      },
    ],
    { cause },
  )
}

/** Why a port cannot be listened on. */
async function refusalOf(port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') throw error
    return cause
  }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return undefined
}
