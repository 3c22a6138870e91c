import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RegistryError } from './errors.ts'

/** Decoded bodies that arrive compressed (npm and bun compress audit requests) may be this large. */
const decodedBytes = 16 * 1024 * 1024

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) }

/**
 * JSON, whatever the content type says (npm's clients send several, some none), compressed or not. An empty body is none.
 * `__proto__` as a key is refused wherever it stands.
 */
export function parseJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, raw: Buffer) => {
    const bytes = await decode(raw, request.headers['content-encoding'])
    if (bytes.length === 0) return undefined
    const type = request.headers['content-type'] ?? ''
    const text = bytes.toString('utf8')
    if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
    try {
      return text.includes('__proto__') ? (JSON.parse(text, refusePrototype) as unknown) : (JSON.parse(text) as unknown)
    } catch (cause) {
      if (cause instanceof RegistryError) throw cause
      throw new RegistryError('BAD_REQUEST', 'the request body is not JSON', { cause })
    }
  })
}

async function decode(bytes: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return bytes
  const decoder = decoders[encoding.toLowerCase() as keyof typeof decoders]
  if (!decoder)
    throw new RegistryError(
      'UNSUPPORTED_MEDIA',
      `expected Content-Encoding gzip, deflate or br, found ${JSON.stringify(encoding)}`,
    )
  try {
    return await decoder(bytes, { maxOutputLength: decodedBytes })
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new RegistryError('TOO_LARGE', `the decoded body is larger than ${decodedBytes} bytes`, { cause })
    }
    throw new RegistryError('BAD_REQUEST', `the body is not ${encoding}`, { cause })
  }
}

function refusePrototype(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__') throw new RegistryError('BAD_REQUEST', 'a key called __proto__ is not allowed')
  return value
}
