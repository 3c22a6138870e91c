import type { Span } from '@opentelemetry/api'
import type { ArtifactStore } from '../artifacts/store.ts'
import type { PackageAccess } from '../auth/principal.ts'
import type { Coherence } from '../cache/coherence.ts'
import { encode } from '../cache/encode.ts'
import type { Encoding } from '../cache/negotiate.ts'
import type { RemoteCache } from '../cache/remote.ts'
import type { Body, CacheStore, Entry } from '../cache/store.ts'
import type { Router } from '../shards/router.ts'
import { inSpan } from '../telemetry/tracing.ts'
import { readPackage, readRevision } from './model.ts'
import type { PackageModel } from './model.ts'
import { tarballName } from './names.ts'
import { abbreviatedType, renderPackument } from './packument.ts'
import type { Variant } from './packument.ts'

/** Changes when the rendering changes, so that an old and a new release side by side never share an entity tag. */
const format = '1'

const nobody: PackageAccess = { access: 'public', maintainers: [] }

export interface Answer {
  readonly entry: Entry
  readonly body: Body | undefined
}

/** A body that is built from a package, and what it is called in memory. */
export interface Wanted {
  readonly key: string
  build(model: PackageModel): Promise<Body | undefined>
}

/** What the reader needs of the other parts. */
export interface ReaderParts {
  readonly router: Router
  readonly cache: CacheStore
  readonly coherence: Coherence
  readonly artifacts: ArtifactStore
  readonly remote: RemoteCache
}

export const packumentKey = (variant: Variant, encoding: Encoding, base: string): string =>
  `${variant} ${encoding} ${base}`
export const tarballKey = (file: string): string => `tarball ${file}`

/**
 * Answers reads with prebuilt bytes. One load a process and body at a time, however many ask; from memory alone while the
 * coherence lease is valid; otherwise the shard is asked for the revision first.
 */
export class PackageReader {
  readonly #parts: ReaderParts
  readonly #loading = new Map<string, Promise<Answer>>()
  /** Revisions that were announced lately: a load that began before the announcement must not bring an older one back. */
  readonly #announced = new Map<string, number>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Another revision is out, here or in another process. */
  forget(name: string, revision: number): void {
    this.#parts.cache.forget(name)
    this.#announced.delete(name)
    this.#announced.set(name, revision)
    if (this.#announced.size > 10_000) {
      const [oldest] = this.#announced.keys()
      if (oldest !== undefined) this.#announced.delete(oldest)
    }
  }

  packument(name: string, variant: Variant, encoding: Encoding, base: string, fresh: boolean): Promise<Answer> {
    return this.answer(name, fresh, {
      key: packumentKey(variant, encoding, base),
      build: async (model) => {
        const encoded = await encode(renderPackument(variant, base, model), encoding)
        const created = Date.parse(model.created).toString(36)
        // Weak: the same for every encoding, so that a client may ask again with another one.
        const etag = `W/"${model.revision}-${created}-${variant[0]}${format}"`
        const shared = [
          'etag',
          etag,
          'cache-control',
          `${model.access === 'public' ? 'public' : 'private'}, no-cache`,
          'vary',
          'accept, accept-encoding, host',
          'last-modified',
          new Date(model.modified).toUTCString(),
        ]
        const headers = [
          ...shared,
          'content-type',
          variant === 'abbreviated' ? abbreviatedType : 'application/json; charset=utf-8',
          ...(encoded.encoding === 'identity' ? [] : ['content-encoding', encoded.encoding]),
          'content-length',
          String(encoded.bytes.length),
        ]
        return { bytes: encoded.bytes, etag, headers, notModified: shared }
      },
    })
  }

  tarball(name: string, file: string, fresh: boolean): Promise<Answer> {
    return this.answer(name, fresh, {
      key: tarballKey(file),
      build: async (model) => {
        const version = model.versions.find((candidate) => tarballName(name, candidate.version) === file)
        if (!version) return undefined
        const bytes = await this.#parts.artifacts.get(name, version.artifact)
        const etag = `"${version.shasum}"`
        const shared = [
          'etag',
          etag,
          'cache-control',
          `${model.access === 'public' ? 'public' : 'private'}, max-age=31536000, immutable`,
        ]
        const headers = [...shared, 'content-type', 'application/octet-stream', 'content-length', String(bytes.length)]
        return { bytes, etag, headers, notModified: shared }
      },
    })
  }

  /** Any other body that is made of one revision of one package. */
  answer(name: string, fresh: boolean, wanted: Wanted): Promise<Answer> {
    return inSpan('cache', { 'registry.package': name }, (span) => this.#answer(name, fresh, wanted, span))
  }

  async #answer(name: string, fresh: boolean, wanted: Wanted, span: Span): Promise<Answer> {
    const { cache, coherence, router } = this.#parts
    if (!fresh) {
      const entry = cache.get(name)
      if (entry && (coherence.valid() || (await readRevision(router, name)) === entry.revision)) {
        const body = entry.bodies.get(wanted.key)
        if (body || !entry.exists) {
          cache.hits += 1
          span.setAttribute('registry.cache.hit', true)
          return { entry, body }
        }
      }
    }
    cache.misses += 1
    span.setAttribute('registry.cache.hit', false)
    // Whoever asks for the writer's own answer must not join a load that began before its own write.
    if (fresh) return this.#load(name, wanted)
    const id = `${name} ${wanted.key}`
    const loading = this.#loading.get(id)
    if (loading && coherence.valid()) return loading
    const load = this.#share(name, wanted).finally(() => {
      if (this.#loading.get(id) === load) this.#loading.delete(id)
    })
    this.#loading.set(id, load)
    return load
  }

  /** From the cache that all processes share, when it holds the revision that the shard has now; from the shard otherwise. */
  async #share(name: string, wanted: Wanted): Promise<Answer> {
    const { cache, router, remote } = this.#parts
    if (!remote.ready()) return this.#load(name, wanted)
    const revision = await readRevision(router, name)
    if (revision === 0) return this.#load(name, wanted)
    const key = `registry:${format}:${name}:${revision}:${wanted.key}`
    const found = (await remote.get(key)) ?? (await remote.lead(key))
    if (!found || (this.#announced.get(name) ?? 0) > revision) return this.#load(name, wanted)
    const current = cache.get(name)
    const entry = current?.revision === revision ? current : cache.put(name, revision, true, found.access)
    cache.addBody(entry, wanted.key, found.body)
    return { entry, body: found.body }
  }

  async #load(name: string, wanted: Wanted): Promise<Answer> {
    const { cache, router, remote } = this.#parts
    for (let tries = 1; ; tries += 1) {
      const { model, revision } = await readPackage(router, name)
      const body = model && (await wanted.build(model))
      // The answer may have been overtaken while it was read; then it is read again.
      // A database that was restored knows nothing of what was announced, so this ends.
      if (tries < 5 && (this.#announced.get(name) ?? 0) > revision) continue
      const current = cache.get(name)
      const entry =
        current?.revision === revision ? current : cache.put(name, revision, model !== undefined, model ?? nobody)
      if (body) {
        cache.addBody(entry, wanted.key, body)
        const { access, maintainers } = entry
        remote.put(`registry:${format}:${name}:${revision}:${wanted.key}`, { access: { access, maintainers }, body })
      }
      return { entry, body }
    }
  }
}
