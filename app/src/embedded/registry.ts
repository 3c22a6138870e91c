import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { generateSigningKey } from '../auth/signing.ts'
import type { Config } from '../config.ts'
import { migrate } from '../shards/migrate.ts'
import { openPools } from '../shards/pools.ts'
import { seedSlotTable } from '../shards/slot-table-source.ts'
import { startDynalite } from './dynalite.ts'
import { startEmbeddedPostgres } from './postgres.ts'

/** Two clusters, so that what holds for many holds here. */
const databases = ['registry_0', 'registry_1']

export interface EmbeddedDefault {
  readonly config: Config
  /** Made up when none was configured; used only where there is no administrator yet. */
  readonly generatedPassword: string | undefined
  stop(): Promise<void>
}

/**
 * What the registry stands on when nothing is configured: PostgreSQL from the binaries that come along, artifacts in a folder,
 * listening on this machine alone. The code paths above are the same as in a task.
 */
export async function startEmbeddedDefault(config: Config, log: Logger): Promise<EmbeddedDefault> {
  const folder = resolve(config.REGISTRY_DATA ?? '.sluice/registry')
  await mkdir(folder, { recursive: true })
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), databases })
  const closing: (() => Promise<void>)[] = [async () => postgres.stop()]
  const stop = async () => {
    for (const close of closing) await close()
  }
  try {
    const DATABASE_URLS = databases.map((database) => `${postgres.url}/${database}`)
    const { applied } = await migrate(DATABASE_URLS, config.LOGICAL_SHARDS)
    log.info({ folder, port: postgres.port, steps: applied.length }, 'the embedded PostgreSQL is up')
    const slots = await startDynalite(join(folder, 'slots'))
    closing.unshift(async () => slots.close())
    const withSlots = {
      ...config,
      DATABASE_URLS,
      SLOT_TABLE: config.SLOT_TABLE ?? 'registry-slots',
      DYNAMODB_ENDPOINT: slots.url,
    }
    const [home] = openPools(DATABASE_URLS.slice(0, 1), log)
    if (home) {
      await seedSlotTable(withSlots, home, true)
      await home.end()
    }
    const generatedPassword = config.REGISTRY_ADMIN_PASSWORD ? undefined : randomBytes(15).toString('base64url')
    return {
      generatedPassword,
      config: {
        ...withSlots,
        HOST: config.HOST ?? '127.0.0.1',
        ARTIFACTS: config.ARTIFACTS ?? join(folder, 'artifacts'),
        REGISTRY_SIGNING_KEY: config.REGISTRY_SIGNING_KEY ?? (await signingKey(join(folder, 'signing-key.pem'))),
        REGISTRY_ADMIN_PASSWORD: config.REGISTRY_ADMIN_PASSWORD ?? generatedPassword,
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Made at the first start; `wx` lets the first of two starts win. */
async function signingKey(path: string): Promise<string> {
  await writeFile(path, generateSigningKey(), { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return readFile(path, 'utf8')
}
