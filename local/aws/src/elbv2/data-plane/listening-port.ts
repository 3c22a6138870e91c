import type { Server } from 'node:http'

/** How many ports are tried for one listener. */
const portTries = 20

/** Opens a server on the former port when it is free, else on the next one that is. */
export async function listenSomewhere(
  nextPort: () => number,
  formerPort: number | undefined,
  listen: (port: number) => Promise<Server>,
): Promise<{ readonly port: number; readonly server: Server }> {
  for (let tries = 1; ; tries += 1) {
    const port = tries === 1 && formerPort !== undefined ? formerPort : nextPort()
    try {
      const server = await listen(port)
      const address = server.address()
      return { port: typeof address === 'object' && address ? address.port : port, server }
    } catch (cause) {
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || tries === portTries) {
        throw new Error(`Cannot listen on 127.0.0.1:${port} for a load balancer.`, { cause })
      }
    }
  }
}

/** Closes a server with the connections that it has. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
