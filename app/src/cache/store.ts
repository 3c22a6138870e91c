import type { PackageAccess } from '../auth/principal.ts'

/** A response, ready to be written. */
export interface Body {
  readonly bytes: Buffer
  readonly etag: string
  /** Names and values in turn, as `writeHead` takes them: no object is walked on the way out. */
  readonly headers: string[]
  /** The same for a 304: no body, no length. */
  readonly notModified: string[]
}

/** What is in memory of one package at one revision. */
export interface Entry extends PackageAccess {
  readonly name: string
  readonly revision: number
  /** Whether the package exists; a missing one is remembered too, until a publish says otherwise. */
  readonly exists: boolean
  readonly bodies: Map<string, Body>
  /** Request targets that are answered from this entry without routing. */
  readonly urls: Set<string>
  bytes: number
  dead: boolean
  /** Whether it has been answered from by its address since it was last looked at for room. */
  wanted: boolean
}

/** Entries by least recent use, within a budget of bytes. */
export class CacheStore {
  readonly #budget: number
  readonly #entries = new Map<string, Entry>()
  readonly #byUrl = new Map<string, { entry: Entry; key: string }>()
  #bytes = 0
  hits = 0
  misses = 0

  constructor(budget: number) {
    this.#budget = budget
  }

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#entries.size
  }

  get(name: string): Entry | undefined {
    const entry = this.#entries.get(name)
    if (!entry) return undefined
    // Maps keep the order of insertion: the one just used goes to the end.
    this.#entries.delete(name)
    this.#entries.set(name, entry)
    return entry
  }

  put(name: string, revision: number, exists: boolean, access: PackageAccess): Entry {
    this.forget(name)
    const entry: Entry = {
      name,
      revision,
      exists,
      access: access.access,
      maintainers: access.maintainers,
      bodies: new Map(),
      urls: new Set(),
      bytes: 0,
      dead: false,
      wanted: false,
    }
    this.#entries.set(name, entry)
    this.#grow(entry, 512 + name.length * 2)
    return entry
  }

  addBody(entry: Entry, key: string, body: Body): void {
    if (entry.dead || entry.bodies.has(key) || body.bytes.length > this.#budget / 4) return
    entry.bodies.set(key, body)
    this.#grow(entry, body.bytes.length + 512)
  }

  /** Lets `url` be answered from the entry without routing; `key` is what precedes the negotiated part of a body's key. */
  addUrl(entry: Entry, url: string, key: string): void {
    if (entry.dead || entry.urls.has(url) || entry.urls.size >= 2000) return
    entry.urls.add(url)
    this.#byUrl.set(url, { entry, key })
    this.#grow(entry, 200 + url.length * 2)
  }

  byUrl(url: string): { entry: Entry; key: string } | undefined {
    const found = this.#byUrl.get(url)
    if (found) found.entry.wanted = true
    return found
  }

  forget(name: string): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    entry.dead = true
    for (const url of entry.urls) this.#byUrl.delete(url)
    this.#entries.delete(name)
    this.#bytes -= entry.bytes
  }

  clear(): void {
    for (const name of this.#entries.keys()) this.forget(name)
  }

  #grow(entry: Entry, bytes: number): void {
    entry.bytes += bytes
    this.#bytes += bytes
    while (this.#bytes > this.#budget) {
      const [oldest] = this.#entries.values()
      if (oldest === undefined || oldest === entry) return
      // What is asked for by its address alone never moves to the end by itself: it gets a second chance.
      if (oldest.wanted) {
        oldest.wanted = false
        this.get(oldest.name)
      } else {
        this.forget(oldest.name)
      }
    }
  }
}
