import { createServer } from 'node:net'
import { ConfigurationError } from '@sluice/core/failure'

/** A port on 127.0.0.1 that nobody listens on right now. */
export function findFreePort(): Promise<number> {
  return listenOnce(0)
}

/** Throws a `ConfigurationError` when `port` on 127.0.0.1 cannot be listened on. Leaves nothing behind. */
export async function expectFreePort(port: number): Promise<void> {
  try {
    await listenOnce(port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const found = code === 'EACCES' ? 'one that only root may use' : 'it in use'
    throw new ConfigurationError(
      [
        {
          message: `expected port ${port} to be free, found ${found}`,
          hint: 'name another with --port, or end what uses it',
        },
      ],
      { cause: error },
    )
  }
}

async function listenOnce(wanted: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(wanted, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
