import type { IncomingMessage } from 'node:http'

/**
 * Who sends a request, behind so many proxies that each append to `X-Forwarded-For`: what the outermost of them saw. What a
 * client writes into the header itself stands further left and is never read. The same rule as Fastify's `request.ip`.
 */
export function clientAddress(
  { headers, socket }: { headers: IncomingMessage['headers']; socket: { remoteAddress?: string | undefined } },
  trustedProxies: number,
): string {
  const direct = socket.remoteAddress ?? ''
  const forwarded = headers['x-forwarded-for']
  if (trustedProxies === 0 || forwarded === undefined) return direct
  const chain = String(forwarded)
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
  return chain.at(-Math.min(trustedProxies, chain.length)) ?? direct
}

/** An IPv6 client owns a whole /64, so that is who it is; an IPv4 address written as IPv6 is the IPv4 address. */
export function clientKey(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
