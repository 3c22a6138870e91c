import type { PackageAccess } from '../auth/principal.ts'
import type { Body } from './store.ts'

/** A body as it lies in Redis, with who may read it. */
export interface RemoteBody {
  readonly access: PackageAccess
  readonly body: Body
}

/** Bodies that all processes share, by name, revision and variant: a key never means other bytes, so nothing is ever stale. */
export interface RemoteCache {
  /** Whether it is worth asking. */
  ready(): boolean
  /** `undefined` when it is not there, or when Redis does not answer in time. */
  get(key: string): Promise<RemoteBody | undefined>
  /** Never waits and never fails. */
  put(key: string, value: RemoteBody): void
  /**
   * Whether the caller is to build what is missing. One process at a time is; the others wait for its result a moment, which
   * is then given, and build themselves when it does not come.
   */
  lead(key: string): Promise<RemoteBody | undefined>
  close(): Promise<void>
}

/** Nothing is shared: one process, or no REDIS_URL. */
export const noRemoteCache: RemoteCache = {
  ready: () => false,
  get: async () => undefined,
  put: () => undefined,
  lead: async () => undefined,
  close: async () => undefined,
}
