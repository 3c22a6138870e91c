import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768 up: net.ipv4.ip_local_port_range; IANA from 49152
 * up). A task listens seconds after its port was chosen, and until then any connection of this machine could take one of those.
 */
const firstPort = 20_000
const lastPort = 29_999

const anyPort = () => randomInt(firstPort, lastPort + 1)

/** Hands out loopback ports that nothing listens on and that it has not handed out in the last minute. */
export function createPortChooser(candidate: () => number = anyPort): () => Promise<number> {
  const recent = new Map<number, number>()
  return async function choose(): Promise<number> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const port = candidate()
      const handedOut = recent.get(port)
      if (handedOut != null && performance.now() - handedOut < 60_000) continue
      recent.set(port, performance.now())
      if (await isFree(port)) return port
    }
    throw new Error('ResourceInitializationError: no free port on 127.0.0.1 after 50 attempts')
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause: NodeJS.ErrnoException) =>
      cause.code === 'EADDRINUSE' || cause.code === 'EACCES' ? resolve(false) : reject(cause),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
