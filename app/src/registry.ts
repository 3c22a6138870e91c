import type { Logger } from 'pino'
import type pg from 'pg'
import { openArtifacts } from './artifacts/open.ts'
import type { ArtifactStore } from './artifacts/store.ts'
import { ArtifactSweeper } from './artifacts/sweeper.ts'
import { Identities } from './auth/identities.ts'
import { Sessions } from './auth/sessions.ts'
import { Signer } from './auth/signing.ts'
import { Coherence } from './cache/coherence.ts'
import { noRemoteCache } from './cache/remote.ts'
import { CacheStore } from './cache/store.ts'
import type { Config } from './config.ts'
import { PackageReader } from './packages/reader.ts'
import { OutboxPump } from './search/outbox.ts'
import { SearchIndex } from './search/search-index.ts'
import { openPools } from './shards/pools.ts'
import { SlotRequests } from './shards/requests.ts'
import { Router } from './shards/router.ts'
import { openSlotTable } from './shards/slot-table-source.ts'
import { isTraced, tracePools } from './telemetry/tracing.ts'

/** All parts of one process, open. */
export interface Registry {
  readonly config: Config
  readonly log: Logger
  readonly home: pg.Pool
  readonly router: Router
  readonly identities: Identities
  readonly sessions: Sessions
  readonly coherence: Coherence
  readonly cache: CacheStore
  readonly artifacts: ArtifactStore
  readonly sweeper: ArtifactSweeper
  readonly slotRequests: SlotRequests
  readonly reader: PackageReader
  readonly outbox: OutboxPump
  readonly search: SearchIndex
  readonly signer: Signer | undefined
  /** Whether this start made the user `admin`. */
  readonly administratorMade: boolean
  /** Tells every process, this one first, that a package has a new revision; resolves when none can answer from before it. */
  changed(name: string, revision: number): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the databases and everything that stands on them.
 *
 * @throws Error when the first cluster is not reachable or not migrated
 */
export async function openRegistry(config: Config, log: Logger): Promise<Registry> {
  const pools = openPools(config.DATABASE_URLS, log)
  if (isTraced(config)) tracePools(pools)
  const [home] = pools
  const [homeUrl] = config.DATABASE_URLS
  if (!home || !homeUrl) throw new Error('expected DATABASE_URLS with at least one PostgreSQL URL, found none')
  try {
    const router = await Router.open(pools, await openSlotTable(config, home), log)
    const cache = new CacheStore(config.CACHE_BYTES)
    const coherence = new Coherence(homeUrl, home, log, (change) => {
      if (change === 'everything') cache.clear()
      if (change === 'everything' || change.kind === 'identity') identities.forget()
      else reader.forget(change.name, change.revision)
    })
    const identities = new Identities(home, coherence)
    const artifacts = await openArtifacts(config, router, log)
    // Loaded where it is used alone, for its memory.
    const remote = config.REDIS_URL
      ? (await import('./cache/redis.ts')).openRemoteCache(config.REDIS_URL, config.REDIS_CLUSTER, log)
      : noRemoteCache
    const reader = new PackageReader({ router, cache, coherence, artifacts, remote })
    const search = new SearchIndex(home, log, async () => outbox.settled())
    const outbox = new OutboxPump(router, home, log, async () => search.refresh())
    await coherence.start()
    const { REGISTRY_ADMIN_PASSWORD: password } = config
    const administratorMade =
      password !== undefined &&
      !(await identities.findUser('admin')) &&
      (await identities.createUser('admin', '', password, { '*': 'admin' }))
    if (administratorMade) log.info({ user: 'admin' }, 'the administrator was made')
    const sweeper = new ArtifactSweeper({ artifacts, router, home, log })
    const slotRequests = new SlotRequests(router, home, log)
    slotRequests.start()
    sweeper.start()
    outbox.start()
    search.start()
    return {
      config,
      log,
      home,
      router,
      identities,
      sessions: new Sessions(home),
      coherence,
      cache,
      artifacts,
      sweeper,
      slotRequests,
      reader,
      outbox,
      search,
      signer: config.REGISTRY_SIGNING_KEY ? new Signer(config.REGISTRY_SIGNING_KEY) : undefined,
      administratorMade,
      changed: async (name, revision) => {
        outbox.wake()
        await coherence.announce({ kind: 'package', name, revision })
      },
      close: async () => {
        await sweeper.close()
        await slotRequests.close()
        await outbox.close()
        await search.close()
        await coherence.close()
        await remote.close()
        await Promise.all(pools.map((pool) => pool.end()))
      },
    }
  } catch (error) {
    await Promise.all(pools.map((pool) => pool.end()))
    throw error
  }
}
