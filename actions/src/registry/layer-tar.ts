import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readlink, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Transform, type Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import type { Layer } from '@sluice/core/image/oci'
import { mediaTypes } from '@sluice/core/image/oci'
import { pack, type Pack } from 'tar-stream'

/** One path of a layer: a file or folder copied from disk, a file given as text, or an empty folder (a slash at its end). */
export interface LayerEntry {
  /** Path in the image, without a leading slash. */
  readonly path: string
  readonly from?: string
  readonly text?: string
  readonly mode?: number
  /** Files of a folder that are left out, by name. */
  readonly without?: RegExp | undefined
}

/** No time of the build may reach the bytes. */
const mtime = new Date(0)

/**
 * Writes a layer (tar, gzip level 1: level 6 takes four times as long for a tenth less) to `file`. Entries are sorted,
 * owned by root, without times; folders are walked. Equal content gives equal bytes. The file appears whole or not at all.
 */
export async function writeLayer(entries: readonly LayerEntry[], file: string): Promise<Layer> {
  const tar = pack()
  const plain = new Digest()
  const compressed = new Digest()
  const partial = `${file}.${process.pid}.partial`
  try {
    await Promise.all([
      fill(tar, entries),
      pipeline(
        tar as unknown as Readable,
        plain,
        createGzip({ level: constants.Z_BEST_SPEED }),
        compressed,
        createWriteStream(partial),
      ),
    ])
    await rename(partial, file)
  } finally {
    await rm(partial, { force: true })
  }
  return { mediaType: mediaTypes.layer, digest: compressed.digest(), size: compressed.bytes, diffId: plain.digest() }
}

async function fill(tar: Pack, entries: readonly LayerEntry[]): Promise<void> {
  try {
    const folders = new Set<string>()
    for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      await addParents(tar, entry.path, folders)
      if (entry.path.endsWith('/')) await addFolder(tar, entry.path.slice(0, -1), folders, entry.mode)
      else if (entry.from == null) await add(tar, { name: entry.path, mode: entry.mode ?? 0o644 }, entry.text ?? '')
      else await addFromDisk(tar, entry.path, entry.from, folders, entry)
    }
    tar.finalize()
  } catch (error) {
    tar.destroy(error as Error)
    throw error
  }
}

async function addParents(tar: Pack, path: string, folders: Set<string>): Promise<void> {
  const parts = path.replace(/\/$/, '').split('/').slice(0, -1)
  for (let length = 1; length <= parts.length; length++) await addFolder(tar, parts.slice(0, length).join('/'), folders)
}

async function addFolder(tar: Pack, path: string, folders: Set<string>, mode = 0o755): Promise<void> {
  if (path === '' || folders.has(path)) return
  folders.add(path)
  await add(tar, { name: `${path}/`, type: 'directory', mode })
}

async function addFromDisk(
  tar: Pack,
  path: string,
  from: string,
  folders: Set<string>,
  { mode, without }: Pick<LayerEntry, 'mode' | 'without'>,
): Promise<void> {
  const stat = await lstat(from)
  if (stat.isSymbolicLink()) {
    await add(tar, { name: path, type: 'symlink', linkname: await readlink(from), mode: 0o777 })
  } else if (stat.isDirectory()) {
    await addFolder(tar, path, folders, mode)
    for (const name of (await readdir(from)).sort()) {
      if (!without?.test(name)) await addFromDisk(tar, `${path}/${name}`, join(from, name), folders, { without })
    }
  } else if (stat.isFile()) {
    const executable = (stat.mode & 0o111) !== 0
    const entry = tar.entry({ ...header, name: path, size: stat.size, mode: mode ?? (executable ? 0o755 : 0o644) })
    await pipeline(createReadStream(from), entry)
  }
}

const header = { uid: 0, gid: 0, uname: '', gname: '', mtime }

function add(
  tar: Pack,
  entry: { name: string; mode: number; type?: 'directory' | 'symlink'; linkname?: string },
  text = '',
): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ ...header, ...entry }, text, (error) => (error ? reject(error) : resolve()))
  })
}

/** Passes bytes on, and knows their number and SHA-256 afterwards. */
class Digest extends Transform {
  readonly #hash = createHash('sha256')
  bytes = 0

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    this.bytes += chunk.length
    done(null, chunk)
  }

  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`
  }
}
