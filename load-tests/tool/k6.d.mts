/** Types of `k6.mjs`, for packages that do not check JavaScript. */
export declare const k6Version: string

export interface K6 {
  readonly path: string
  readonly version: string
  readonly source: 'path' | 'cache' | 'download' | 'go'
}

export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly platform?: NodeJS.Platform
  readonly arch?: string
  readonly fetch?: typeof globalThis.fetch
  readonly report?: (line: string) => void
  readonly install?: boolean
}

export declare class K6NotFoundError extends Error {
  constructor(attempts: readonly string[])
}

export declare function findK6(options?: FindOptions): Promise<K6>
export declare function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string
