import { randomBytes } from 'node:crypto'

/** Headers that are for one connection and go no further (RFC 9110, 7.6.1); `Expect` is answered here. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** What the load balancer knows of a request's way here. */
export interface Way {
  readonly clientAddress: string
  readonly protocol: string
  readonly port: number
  readonly now: number
}

/** The headers that a target gets, flat as in `rawHeaders`: the client's own, and what an ALB adds. */
export function requestHeaders(raw: readonly string[], way: Way): string[] {
  let forwardedFor = way.clientAddress
  let isTraced = false
  let isChunked = false
  const headers = keep(raw, (name, value) => {
    if (name === 'transfer-encoding') isChunked = true
    if (name === 'x-amzn-trace-id') isTraced = true
    if (name === 'x-forwarded-for') forwardedFor = `${value}, ${way.clientAddress}`
    return name !== 'x-forwarded-for' && name !== 'x-forwarded-proto' && name !== 'x-forwarded-port'
  })
  headers.push('X-Forwarded-For', forwardedFor, 'X-Forwarded-Proto', way.protocol, 'X-Forwarded-Port', String(way.port))
  if (!isTraced) headers.push('X-Amzn-Trace-Id', traceId(way.now))
  if (isChunked) headers.push('Transfer-Encoding', 'chunked')
  return headers
}

/** The headers of a target's response that go on to the client. */
export function responseHeaders(raw: readonly string[]): string[] {
  return keep(raw, () => true)
}

function keep(raw: readonly string[], wanted: (name: string, value: string) => boolean): string[] {
  let named: Set<string> | undefined
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.length === 10 && raw[at]?.toLowerCase() === 'connection') {
      named = new Set((raw[at + 1] ?? '').split(',').map((name) => name.trim().toLowerCase()))
    }
  }
  const headers: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const [original = '', value = ''] = [raw[at], raw[at + 1]]
    const name = original.toLowerCase()
    if (wanted(name, value) && !hopByHop.has(name) && !(named?.has(name) ?? false)) headers.push(original, value)
  }
  return headers
}

function traceId(now: number): string {
  return `Root=1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`
}
