import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type pg from 'pg'
import type { Principal } from '../auth/principal.ts'
import { roleIn } from '../auth/principal.ts'
import type { SearchDocument } from './document.ts'
import type { Indexed } from './package-filter.ts'
import { TextIndex } from './text-index.ts'
import type { Ranks } from './text-index.ts'
import { ask } from '../shards/ask.ts'

export interface SearchRequest {
  readonly text: string
  readonly from: number
  readonly size: number
  readonly principal: Principal | undefined
  /** Components alone. */
  readonly componentsOnly?: boolean
  /** shadcn's item type, or several, comma separated, as its CLI sends them. */
  readonly type?: string | undefined
  readonly scope?: string | undefined
}

export interface SearchResult {
  readonly documents: readonly { readonly document: SearchDocument; readonly score: number }[]
  /** Of all that match and may be read, not of this page. */
  readonly total: number
}

interface IndexRow {
  name: string
  text: string | null
  access: string | null
  type: string | null
  item: string | null
}

const columns = `name, document ->> 'access' as access, document -> 'item' ->> 'type' as type, document -> 'item' ->> 'name' as item,
  concat_ws(' ', document ->> 'description', document ->> 'keywords', document -> 'item' ->> 'title',
    document -> 'item' ->> 'description', document -> 'item' ->> 'categories') as text`

const page = 5000
/** What is found among a hundred thousand weighs fifty kilobytes. */
const rememberSearches = 64
const everyMs = 1000

/** The search of one process: an index of the read model's texts, in memory, which follows the read model. */
export class SearchIndex {
  readonly #home: pg.Pool
  readonly #log: Logger
  /** Resolves when what this process has written is in the read model, so that whoever publishes finds it at once. */
  readonly #settled: () => Promise<void>
  readonly #texts = new TextIndex()
  readonly #remembered = new Map<string, Ranks>()
  /** Every transaction below this number was visible when the read model was read last. */
  #horizon = '0'
  #syncing: Promise<void> | undefined
  #loaded = false
  #closing = false
  #loop: Promise<void> | undefined

  constructor(home: pg.Pool, log: Logger, settled: () => Promise<void> = async () => undefined) {
    this.#settled = settled
    this.#home = home
    this.#log = log
  }

  get size(): number {
    return this.#texts.size
  }

  start(): void {
    this.#loop = this.#follow()
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#syncing?.catch(() => undefined)
    void this.#loop
  }

  /** Brings the copy up to date; one run at a time. */
  sync(): Promise<void> {
    this.#syncing ??= this.#read().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  /** Like `sync`, with what was written until now: a run that has begun already may have missed it. */
  async refresh(): Promise<void> {
    await this.#syncing
    await this.sync()
  }

  async #current(): Promise<void> {
    await this.#settled()
    if (!this.#loaded) await this.sync()
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    await this.#current()
    const { found, total } = this.#find(request)
    const { rows } = await ask<{ name: string; document: SearchDocument }>(this.#home, {
      name: 'search:page',
      text: 'select name, document from registry.documents where name = any ($1) and document is not null',
      values: [found.map(({ name }) => name)],
    })
    const documents = new Map(rows.map(({ name, document }) => [name, document]))
    return {
      total,
      documents: found.flatMap(({ name, rank }) => {
        const document = documents.get(name)
        return document ? [{ document, score: 1 - rank * 0.25 }] : []
      }),
    }
  }

  /** The packages whose component has this name: more than one when several scopes have their own. */
  async packagesOfItem(item: string, principal: Principal | undefined): Promise<string[]> {
    await this.#current()
    const mayRead = readableBy(principal)
    const names: string[] = []
    for (const each of this.#texts.all()) {
      if (each.item === item && mayRead(each)) names.push(each.name)
      if (names.length === 20) break
    }
    return names
  }

  /** Scopes that hold components. */
  async itemScopes(principal: Principal | undefined): Promise<string[]> {
    await this.#current()
    const mayRead = readableBy(principal)
    const scopes = new Set<string>()
    for (const each of this.#texts.all()) {
      if (each.item !== null && each.scope !== '' && mayRead(each)) scopes.add(each.scope)
    }
    return [...scopes]
  }

  /** The same search by the same kind of reader, for another page or another person, looks at nothing again. */
  #find(request: SearchRequest) {
    const { text, from, size, principal, componentsOnly = false, type, scope } = request
    const reader = principal ? [roleIn(principal, undefined) > 0, ...principal.roles.keys()].join() : ''
    const id = JSON.stringify([text, componentsOnly, type, scope, reader])
    const ranks = this.#remembered.get(id) ?? this.#rank(request)
    if (this.#remembered.size >= rememberSearches) this.#remembered.clear()
    this.#remembered.set(id, ranks)
    return { found: this.#texts.page(ranks, from, size), total: ranks.total }
  }

  #rank({ text, principal, componentsOnly, type, scope }: SearchRequest): Ranks {
    const types = type?.split(',')
    const isWanted = (each: Indexed) =>
      (types === undefined || types.includes(each.type ?? '')) && (scope === undefined || each.scope === scope)
    return this.#texts.find(text, {
      componentsOnly,
      mayRead: principal && readableBy(principal),
      isWanted: type === undefined && scope === undefined ? undefined : isWanted,
    })
  }

  /** Reads what any transaction changed that the last read may not have seen: no clock is asked, nothing is read twice for long. */
  async #read(): Promise<void> {
    const { rows: horizon } = await ask<{ horizon: string }>(this.#home, {
      name: 'search:horizon',
      text: 'select pg_snapshot_xmin(pg_current_snapshot())::text as horizon',
    })
    for (let after = ''; ;) {
      const { rows } = await ask<IndexRow>(this.#home, {
        name: 'search:changes',
        text: `select ${columns} from registry.documents where tx >= $1::xid8 and name > $2 order by name limit ${page}`,
        values: [this.#horizon, after],
      })
      for (const row of rows) this.#take(row)
      if (rows.length < page) break
      after = rows.at(-1)?.name ?? ''
    }
    this.#horizon = horizon[0]?.horizon ?? this.#horizon
    this.#loaded = true
  }

  #take({ name, text, access, type, item }: IndexRow): void {
    const isOther =
      access === null
        ? this.#texts.delete(name)
        : this.#texts.put({ name, text: text ?? '', public: access === 'public', type, item })
    if (isOther) this.#remembered.clear()
  }

  async #follow(): Promise<void> {
    while (!this.#closing) {
      await this.sync().catch((error: unknown) => this.#log.warn({ err: error }, 'the search is not up to date'))
      await sleep(everyMs, undefined, { ref: false })
    }
  }
}

function readableBy(principal: Principal | undefined): (each: Indexed) => boolean {
  if (!principal) return (each) => each.public
  if (roleIn(principal, undefined) > 0) return () => true
  return (each) => each.public || principal.roles.has(each.scope)
}
