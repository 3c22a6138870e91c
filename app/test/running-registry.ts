import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { buildApp } from '../src/app.ts'
import type { Patience } from '../src/app.ts'
import { generateSigningKey } from '../src/auth/signing.ts'
import { readConfig } from '../src/config.ts'
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts'
import type { EmbeddedPostgres } from '../src/embedded/postgres.ts'
import { openRegistry } from '../src/registry.ts'
import type { Registry } from '../src/registry.ts'
import { listen } from '../src/server.ts'
import { migrate } from '../src/shards/migrate.ts'

export interface RunningRegistry {
  readonly url: string
  readonly registry: Registry
  /** Every route, as `METHOD /url`. */
  readonly routes: readonly string[]
  close(): Promise<void>
}

export interface Databases {
  readonly folder: string
  readonly urls: readonly string[]
  readonly postgres: EmbeddedPostgres
  /** One more process's worth of registry on the same databases, on a port of its own. */
  start(environment?: Readonly<Record<string, string>>, patience?: Patience): Promise<RunningRegistry>
  close(): Promise<void>
}

export const adminPassword = 'correct horse battery'
export const signingKey = generateSigningKey()

/** One more registry of this process, on a port of its own and on databases that are migrated. */
export async function startRegistry(
  environment: Readonly<Record<string, string>>,
  patience?: Patience,
): Promise<RunningRegistry> {
  const config = readConfig({
    PORT: '0',
    REGISTRY_SELF_REGISTRATION: 'own-scope',
    DRAIN_GRACE_MS: '0',
    LOG_LEVEL: 'silent',
    ...environment,
  })
  const log = pino({ level: config.LOG_LEVEL })
  const registry = await openRegistry(config, log)
  const app = buildApp(registry, patience)
  const server = await listen(app, { host: '127.0.0.1', port: 0, graceMs: 0, log })
  return {
    url: server.url,
    registry,
    routes: app.routes,
    close: async () => {
      await server.drain()
      await registry.close()
    },
  }
}

/** Two migrated clusters in one embedded PostgreSQL, and registries on them. */
export async function startDatabases(clusters = 2): Promise<Databases> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-test-'))
  const names = Array.from({ length: clusters }, (_, cluster) => `registry_${cluster}`)
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), databases: names })
  const urls = names.map((name) => `${postgres.url}/${name}`)
  await migrate(urls, 8)
  const running = new Set<RunningRegistry>()
  return {
    folder,
    urls,
    postgres,
    start: async (environment = {}, patience) => {
      const started = await startRegistry(
        {
          DATABASE_URLS: urls.join(','),
          REGISTRY_ADMIN_PASSWORD: adminPassword,
          REGISTRY_SIGNING_KEY: signingKey,
          ...environment,
        },
        patience,
      )
      const self: RunningRegistry = {
        ...started,
        close: async () => {
          running.delete(self)
          await started.close()
        },
      }
      running.add(self)
      return self
    },
    close: async () => {
      await Promise.all([...running].map((each) => each.close()))
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
