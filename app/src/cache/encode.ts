import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'
import type { Encoding } from './negotiate.ts'

const gzipAsync = promisify(gzip)
const brotliAsync = promisify(brotliCompress)
const zstdAsync = promisify(zstdCompress)

/** Below this a compressed body saves no packet. */
const worthCompressing = 860

/** Encodes once what is answered many times; so a little more effort than a proxy would spend is right. */
export async function encode(bytes: Buffer, encoding: Encoding): Promise<{ bytes: Buffer; encoding: Encoding }> {
  if (encoding === 'identity' || bytes.length < worthCompressing) return { bytes, encoding: 'identity' }
  if (encoding === 'gzip') return { bytes: await gzipAsync(bytes, { level: 7 }), encoding }
  if (encoding === 'br') {
    return { bytes: await brotliAsync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }), encoding }
  }
  return { bytes: await zstdAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 9 } }), encoding }
}
