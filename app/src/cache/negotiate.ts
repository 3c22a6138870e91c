import { abbreviatedType } from '../packages/packument.ts'
import type { Variant } from '../packages/packument.ts'

export type Encoding = 'identity' | 'gzip' | 'br' | 'zstd'

/** Smallest first: what a compressed packument weighs, measured with this registry's own settings. */
const preference: readonly Encoding[] = ['zstd', 'br', 'gzip']

/** Clients send a handful of different headers; a hostile one may send any number. */
const remembered = new Map<string, Encoding>()
const rememberAtMost = 256

/** The best encoding that `Accept-Encoding` allows (RFC 9110, 12.5.3). */
export function chooseEncoding(header: string | undefined): Encoding {
  if (header === undefined) return 'identity'
  const known = remembered.get(header)
  if (known) return known
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)) || 0)
  }
  const allowed = (encoding: Encoding) => weights.get(encoding) ?? 0
  const best = Math.max(...preference.map(allowed))
  // `*` promises nothing that a client is known to decode, so it is answered plainly.
  const chosen = best > 0 ? (preference.find((encoding) => allowed(encoding) === best) ?? 'identity') : 'identity'
  if (remembered.size < rememberAtMost) remembered.set(header, chosen)
  return chosen
}

/** Installers name the abbreviated type first; whoever names neither is given all of it. */
export function chooseVariant(accept: string | undefined): Variant {
  return accept?.includes(abbreviatedType) ? 'abbreviated' : 'full'
}

/** Whether `If-None-Match` holds this entity tag: weak comparison (RFC 9110, 13.1.2). */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header === etag || header === '*') return true
  const opaque = etag.replace(/^W\//, '')
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === opaque)
}
