import type pg from 'pg'
import type { Route } from '../shards/router.ts'

/** Where tarballs lie, by the SHA-512 (hex) of their bytes. What is stored under a digest never changes. */
export interface ArtifactStore {
  /** Resolves when the bytes are safe; a repeat of the same bytes costs nothing. `name` tells a sharded store where to put them. */
  put(name: string, digest: string, bytes: Buffer): Promise<void>
  /** Where the store is the package's own shard: the bytes become safe with the caller's transaction, in one flush to disk. */
  putWithin?(client: pg.PoolClient, route: Route, digest: string, bytes: Buffer): Promise<void>
  /** @throws Error when the artifact is not there, or is not what its digest says. */
  get(name: string, digest: string): Promise<Buffer>
  /** A URL that serves the bytes without this process, where the store has one. */
  redirect?(digest: string): Promise<string | undefined>
  /** Digests stored longer ago than `olderThanMs` that `isUsed` does not know are deleted. @returns how many */
  sweep(olderThanMs: number, isUsed: (digests: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number>
}
