import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import type { Router } from '../shards/router.ts'
import type { ArtifactStore } from './store.ts'

/** A publish stores its artifact first; what no version names a day later never will be. */
const orphanMs = 24 * 3600_000
const everyMs = 3600_000

/** "swee" in ASCII: the advisory lock of the one process that sweeps. */
const sweepLock = 0x73_77_65_65

/** Which of these digests some version of any shard still names. */
export async function usedArtifacts(router: Router, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const used = new Set<string>()
  if (digests.length === 0) return used
  for (const { schema, pool } of router.shards()) {
    const { rows } = await pool.query<{ artifact: string }>(
      `select distinct artifact from ${schema}.versions where artifact = any ($1) and unpublished is null`,
      [digests],
    )
    for (const { artifact } of rows) used.add(artifact)
  }
  return used
}

/** Deletes left-over artifacts once an hour, in one process at a time. A shard that does not answer puts it off: nothing unknown is unused. */
export class ArtifactSweeper {
  readonly #parts: {
    readonly artifacts: ArtifactStore
    readonly router: Router
    readonly home: pg.Pool
    readonly log: Logger
  }
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined

  constructor(parts: { artifacts: ArtifactStore; router: Router; home: pg.Pool; log: Logger }) {
    this.#parts = parts
  }

  start(): void {
    this.#loop = this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  /** @returns how many were deleted; nothing when another process is at it */
  async sweep(olderThanMs = orphanMs): Promise<number | undefined> {
    const { artifacts, router, home } = this.#parts
    const client = await home.connect()
    try {
      const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [sweepLock])
      if (!rows[0]?.locked) return undefined
      try {
        return await artifacts.sweep(olderThanMs, (digests) => usedArtifacts(router, digests))
      } finally {
        await client.query('select pg_advisory_unlock($1)', [sweepLock])
      }
    } finally {
      client.release()
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    for (;;) {
      // Not at the start: tasks that start together would all begin with it.
      const until = everyMs * (0.75 + Math.random() / 2)
      const isOver = await sleep(until, false, { signal, ref: false }).catch(() => true)
      if (isOver) return
      const swept = await this.sweep().catch((error: unknown) => {
        this.#parts.log.warn({ err: error }, 'left-over artifacts could not be swept')
        return undefined
      })
      if (swept) this.#parts.log.info({ swept }, 'left-over artifacts were deleted')
    }
  }
}
