import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/**
 * What turns a layer of a media type into a plain tar.
 * @throws Error for what is not a tar, gzipped tar or zstd tar.
 */
export function layerDecompressors(mediaType: string): Transform[] {
  if (/[.+]gzip$/.test(mediaType)) return [createGunzip()]
  if (/[.+]zstd$/.test(mediaType)) return [createZstdDecompress()]
  if (mediaType.endsWith('.tar')) return []
  throw new Error(`Expected a layer of a tar media type, found ${mediaType}.`)
}
