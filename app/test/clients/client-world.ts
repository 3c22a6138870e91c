import { join } from 'node:path'
import { expect } from 'vitest'
import { signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases, RunningRegistry } from '../running-registry.ts'
import { installClients, makeProject } from './installed-clients.ts'
import type { InstalledClients, RunOptions } from './installed-clients.ts'
import { openIsland } from './island.ts'

export type ClientName = keyof InstalledClients

/** A registry, the real clients in a network of their own, and projects of two users. */
export interface ClientWorld {
  readonly databases: Databases
  readonly server: RunningRegistry
  readonly clients: InstalledClients
  /** By the name that the clients use. */
  readonly url: string
  /** Makes a project of a user, who registers when there is none of that name; its folder. */
  project(folder: string, options?: ProjectOptions): Promise<string>
  /** `exit CODE` on the first line, then what the client wrote. */
  outcome(client: ClientName, words: readonly string[], cwd: string, options?: RunOptions): Promise<string>
  /** The same, and expects it to have ended with 0. */
  succeed(client: ClientName, words: readonly string[], cwd: string, options?: RunOptions): Promise<string>
  close(): Promise<void>
}

export interface ProjectOptions {
  readonly user?: string
  readonly token?: string
  readonly manifest?: Readonly<Record<string, unknown>>
}

export async function openClientWorld(environment: Readonly<Record<string, string>> = {}): Promise<ClientWorld> {
  const clients = installClients()
  const databases = await startDatabases()
  const server = await databases.start({ REGISTRY_SELF_REGISTRATION: 'publish', ...environment })
  const url = server.url.replace('127.0.0.1', 'localhost')
  const island = await openIsland(url, databases.folder)
  const outcome: ClientWorld['outcome'] = async (client, words, cwd, options) => {
    const { code, output } = await island.run(clients[client], words, cwd, options)
    return `exit ${code}\n${output}`
  }
  return {
    databases,
    server,
    clients,
    url,
    project: async (folder, { user = 'alice', token, manifest = {} } = {}) => {
      const cwd = join(databases.folder, folder, 'project')
      const name = folder.replaceAll('/', '-')
      await makeProject(cwd, url, token ?? (await signIn(url, user)), { name, version: '1.0.0', ...manifest })
      return cwd
    },
    outcome,
    succeed: async (...words) => {
      const text = await outcome(...words)
      expect(text).toMatch(/^exit 0\n/)
      return text
    },
    close: async () => {
      await island.close()
      await databases.close()
    },
  }
}
