import { canonicalJson, type Json } from '../canonical-json.ts'

/** One value that differs between two documents. */
export interface JsonChange {
  /** Keys and list positions, joined by dots. List items that have a `name` are named by it. */
  readonly path: string
  readonly from?: Json
  readonly to?: Json
}

/** The values that differ, by path. Lists of named things (containers, environment variables) are compared by name. */
export function listJsonChanges(from: Json | undefined, to: Json | undefined, path = ''): JsonChange[] {
  if (from === undefined && to === undefined) return []
  if (from !== undefined && to !== undefined && canonicalJson(from) === canonicalJson(to)) return []
  const [before, after] = [keyed(from), keyed(to)]
  if (!before || !after) {
    return [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
  }
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .flatMap((key) => listJsonChanges(before.get(key), after.get(key), path === '' ? key : `${path}.${key}`))
}

function keyed(value: Json | undefined): Map<string, Json> | undefined {
  if (value == null || typeof value !== 'object') return undefined
  if (!Array.isArray(value)) {
    return new Map(Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined))
  }
  const items = value as readonly Json[]
  return new Map(items.map((item, index) => [nameOf(item) ?? String(index), item]))
}

function nameOf(item: Json): string | undefined {
  const name = item != null && typeof item === 'object' && 'name' in item ? item['name'] : undefined
  return typeof name === 'string' ? name : undefined
}
