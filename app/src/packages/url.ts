/**
 * Clients write a scope's slash as `/`, `%2f` or `%2F`, and some its `@` as `%40`. Routes see one form: `/@scope/name`. `@` at
 * the start of a segment means a scope nowhere else.
 */
export function canonicalUrl(url: string): string {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  if (!path.includes('%')) return url
  const canonical = path.replace(/\/(?:@|%40)([^/%]+)(?:%2f|\/)/i, '/@$1/')
  return end === -1 ? canonical : canonical + url.slice(end)
}
