import type pg from 'pg'
import type { Principal } from '../auth/principal.ts'
import { roleIn } from '../auth/principal.ts'
import type { SearchDocument } from '../search/document.ts'

export interface ItemQuery {
  readonly text: string
  readonly type: string | undefined
  readonly scope: string | undefined
  readonly limit: number
  readonly offset: number
  readonly principal: Principal | undefined
}

const readableDocument = `document is not null and document -> 'item' <> 'null'
  and (document ->> 'access' = 'public' or $1 or split_part(name, '/', 1) = any ($2))`

function readableBy(principal: Principal | undefined): [boolean, string[]] {
  return [principal !== undefined && roleIn(principal, undefined) > 0, [...(principal?.roles.keys() ?? [])]]
}

/** The components whose newest version matches, by name, with the number of all that match. */
export async function listItems(home: pg.Pool, query: ItemQuery): Promise<{ items: SearchDocument[]; total: number }> {
  const { text, type, scope, limit, offset, principal } = query
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10)
  const { rows } = await home.query<{ items: SearchDocument[] | null; total: number }>(
    `with found as (
       select name, document from registry.documents where ${readableDocument}
         and ($3::text is null or document -> 'item' ->> 'type' = $3)
         and ($4::text is null or split_part(name, '/', 1) = $4)
         and not exists (select 1 from unnest($5::text[]) word where position(word in lower(name || ' ' || (document -> 'item')::text)) = 0)
     )
     select (select count(*)::int from found) as total,
            (select json_agg(document) from (select document from found order by name limit $6 offset $7) page) as items`,
    [...readableBy(principal), type ?? null, scope ?? null, words, limit, offset],
  )
  const [row] = rows
  return { items: row?.items ?? [], total: row?.total ?? 0 }
}

/** The packages whose component has this name: more than one when several scopes have their own. */
export async function packagesOfItem(home: pg.Pool, item: string, principal: Principal | undefined): Promise<string[]> {
  const { rows } = await home.query<{ name: string }>(
    `select name from registry.documents where ${readableDocument} and document -> 'item' ->> 'name' = $3 order by name limit 20`,
    [...readableBy(principal), item],
  )
  return rows.map(({ name }) => name)
}

/** Scopes that hold components. */
export async function itemScopes(home: pg.Pool, principal: Principal | undefined): Promise<string[]> {
  const { rows } = await home.query<{ scope: string }>(
    `select distinct split_part(name, '/', 1) as scope from registry.documents where ${readableDocument} and name like '@%' order by 1 limit 1000`,
    readableBy(principal),
  )
  return rows.map(({ scope }) => scope)
}
