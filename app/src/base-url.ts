import type { IncomingMessage } from 'node:http'

/** `host` or `host:port`; nothing that could break out of a URL. */
const hostPattern = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/**
 * The registry's own URL as this client sees it, without a slash at its end: PUBLIC_URL, or what the request says. A load
 * balancer that ends TLS says so in `X-Forwarded-Proto`.
 */
export function baseUrl(publicUrl: string | undefined, fallbackPort: () => number) {
  const fixed = publicUrl?.replace(/\/+$/, '')
  const known = new Map<string, string>()
  return ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
    if (fixed !== undefined) return fixed
    const { host = '', 'x-forwarded-proto': forwarded } = headers
    const id = forwarded === undefined ? host : `${host} ${String(forwarded)}`
    const found = known.get(id)
    if (found) return found
    const scheme = String(forwarded).split(',')[0]?.trim() === 'https' ? 'https' : 'http'
    const base = `${scheme}://${hostPattern.test(host) ? host : `127.0.0.1:${fallbackPort()}`}`
    if (known.size < 64) known.set(id, base)
    return base
  }
}
