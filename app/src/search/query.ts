import type pg from 'pg'
import type { Principal } from '../auth/principal.ts'
import { roleIn } from '../auth/principal.ts'
import type { SearchDocument } from './document.ts'

export interface SearchRequest {
  readonly text: string
  readonly from: number
  readonly size: number
  readonly principal: Principal | undefined
}

export interface SearchResult {
  readonly documents: readonly { readonly document: SearchDocument; readonly score: number }[]
  /** Of all that match, not of this page. */
  readonly total: number
}

/** Every word must stand in the name, the description or a keyword; names that begin with the text come first. */
export async function searchDocuments(
  home: pg.Pool,
  { text, from, size, principal }: SearchRequest,
): Promise<SearchResult> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10)
  const everything = principal !== undefined && roleIn(principal, undefined) > 0
  const scopes = [...(principal?.roles.keys() ?? [])]
  const { rows } = await home.query<{ document: SearchDocument; score: number; total: number }>(
    `select document, score, count(*) over ()::int as total from (
       select document, name,
         case when name = $1 then 1.0 when name like $2 then 0.8 when name like '%' || $2 then 0.6 else 0.3 end::float8 as score
       from registry.documents
       where document is not null
         and (document ->> 'access' = 'public' or $5 or split_part(name, '/', 1) = any ($6))
         and not exists (
           select 1 from unnest($3::text[]) word
           where position(word in lower(name || ' ' || (document ->> 'description') || ' ' || (document ->> 'keywords'))) = 0
         )
     ) found order by score desc, name limit $4 offset $7`,
    [words.join(' '), `${(words[0] ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`, words, size, everything, scopes, from],
  )
  const total = rows[0]?.total ?? 0
  return { documents: rows.map(({ document, score }) => ({ document, score })), total }
}
