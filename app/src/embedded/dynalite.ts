import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'

export interface EmbeddedDynamo {
  readonly url: string
  close(): Promise<void>
}

type Dynalite = (options: { path: string; createTableMs: number }) => Server

/** DynamoDB's protocol over files in a folder, by the package dynalite. */
export async function startDynalite(path: string): Promise<EmbeddedDynamo> {
  // It is CommonJS without types, and an optional dependency: an image does not have it.
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite
  const server = dynalite({ path, createTableMs: 0 })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
