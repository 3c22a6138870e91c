import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { RegistryError } from '../errors.ts'

export interface TarballLimits {
  readonly unpackedBytes: number
  readonly files: number
}

export interface TarballFacts {
  readonly files: number
  readonly unpackedBytes: number
  /** Contents of the wanted files, by path below the package's folder. */
  readonly contents: ReadonlyMap<string, Buffer>
}

/** A single wanted file (a manifest, a README, a component's source) larger than this is not read. */
const wantedFileBytes = 2 * 1024 * 1024

/**
 * Reads a package tarball through once, in bounded memory: counts it, refuses what a client must never unpack, and keeps the
 * files that `wanted` asks for. npm strips the first path component, whatever it is called, and so do we.
 *
 * @throws RegistryError INVALID_TARBALL or TOO_LARGE
 */
export async function inspectTarball(
  bytes: Buffer,
  limits: TarballLimits,
  wanted: (path: string) => boolean,
): Promise<TarballFacts> {
  const contents = new Map<string, Buffer>()
  let files = 0
  let unpackedBytes = 0
  const tar = extract()
  const reading = (async () => {
    for await (const entry of tar) {
      const { name, type, size } = entry.header
      const path = checkPath(name, type)
      if (type === 'file' || type === 'contiguous-file') {
        files += 1
        unpackedBytes += size
        if (files > limits.files) throw tooLarge(`the tarball holds more than ${limits.files} files`)
        if (path !== '' && wanted(path) && size <= wantedFileBytes) {
          const chunks: Buffer[] = []
          for await (const chunk of entry) chunks.push(chunk as Buffer)
          contents.set(path, Buffer.concat(chunks))
        }
      }
      entry.resume()
    }
  })()
  try {
    const whole = inflateAtOnce(bytes, Math.min(limits.unpackedBytes, atOnceBytes))
    if (whole) tar.end(whole)
    await Promise.all([whole ?? pipeline(inflated(bytes, limits.unpackedBytes), tar), reading])
  } catch (cause) {
    tar.destroy()
    await reading.catch(() => undefined)
    if (cause instanceof RegistryError) throw cause
    throw new RegistryError(
      'INVALID_TARBALL',
      `expected a gzipped tar, found something that cannot be read: ${String(cause)}`,
      { cause },
    )
  }
  if (files === 0) throw new RegistryError('INVALID_TARBALL', 'expected a tarball with files in it, found none')
  return { files, unpackedBytes, contents }
}

/**
 * The tar, counted before anybody reads it: headers and padding of a bomb weigh too.
 *
 * @throws RegistryError TOO_LARGE; Error when it is not gzip
 */
async function* inflated(bytes: Buffer, limit: number): AsyncGenerator<Buffer> {
  let length = 0
  for await (const chunk of Readable.from([bytes]).pipe(createGunzip()) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limit) throw tooLarge(`the tarball unpacks to more than ${limit} bytes`)
    yield chunk
  }
}

/** Most tarballs unpack to less: at once, in a fraction of a millisecond, where a thread would have to be woken for each chunk. */
const atOnceBytes = 4 * 1024 * 1024

/** @returns nothing when it is more than that @throws Error when it is not gzip */
function inflateAtOnce(bytes: Buffer, maxOutputLength: number): Buffer | undefined {
  if (bytes.length > atOnceBytes / 4) return undefined
  try {
    return gunzipSync(bytes, { maxOutputLength })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw error
  }
}

function checkPath(name: string, type: string | null | undefined): string {
  const refuse = (why: string): never => {
    throw new RegistryError('INVALID_TARBALL', `the tarball holds ${JSON.stringify(name.slice(0, 200))}: ${why}`)
  }
  if (type === 'symlink' || type === 'link') return refuse('links are not allowed in packages')
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    return refuse(`entries of type ${String(type)} are not allowed in packages`)
  }
  const plain = name.replaceAll('\\', '/')
  if (plain.includes('\0')) return refuse('its path holds a NUL')
  if (plain.startsWith('/') || /^[a-z]:/i.test(plain)) return refuse('its path is absolute')
  if (plain.split('/').includes('..')) return refuse('its path leaves the package')
  const normal = posix.normalize(plain)
  return normal.includes('/') ? normal.slice(normal.indexOf('/') + 1) : ''
}

function tooLarge(detail: string): RegistryError {
  return new RegistryError('TOO_LARGE', detail)
}
