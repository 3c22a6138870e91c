/** GitHub's own: 30 a page unless asked, 100 at most (docs.github.com, "Using pagination in the REST API"). */
const usual = 30
const most = 100

/** One page of a list, as `per_page` and `page` ask for it, with the header that names the pages around it. */
export function pageOf<T>(
  all: readonly T[],
  query: URLSearchParams,
  url: string,
): { shown: readonly T[]; headers: Record<string, string> } {
  const wanted = (key: string, usually: number) => Math.max(1, Math.trunc(Number(query.get(key) ?? usually)) || usually)
  const size = Math.min(most, wanted('per_page', usual))
  const page = wanted('page', 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const link = (to: number, rel: string) => {
    const next = new URLSearchParams(query)
    next.set('page', String(to))
    return `<${url}?${next.toString()}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ]
  return {
    shown: all.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}
