import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What S3 keeps beside an object's bytes. */
export interface ObjectInfo {
  readonly key: string
  readonly size: number
  readonly modified: Date
  /** MD5 in hex, in quotes, as S3 has it for what was put at once. */
  readonly etag: string
  /** Headers that are answered as they were given: type, cache control. */
  readonly headers: Readonly<Record<string, string>>
}

export interface StoredObject extends ObjectInfo {
  readonly bytes: Buffer
}

/** Buckets as folders, objects as files in them: a line of JSON with what is kept beside the bytes, then the bytes. */
export interface ObjectStore {
  makeBucket(bucket: string): Promise<void>
  hasBucket(bucket: string): Promise<boolean>
  put(bucket: string, key: string, bytes: Buffer, headers: Readonly<Record<string, string>>): Promise<ObjectInfo>
  get(bucket: string, key: string): Promise<StoredObject | undefined>
  remove(bucket: string, key: string): Promise<void>
  /** Keys in S3's order, which is that of their bytes. */
  keys(bucket: string, prefix: string): Promise<string[]>
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

export function createObjectStore(folder: string): ObjectStore {
  const parts = join(folder, '.parts')
  const folderOf = (bucket: string) => join(folder, bucket)
  // No key leaves its bucket: a file name has no slash, and no dot of its own at its start.
  const fileOf = (bucket: string, key: string) => join(folderOf(bucket), `=${encodeURIComponent(key)}`)
  return {
    makeBucket: async (bucket) => {
      await mkdir(folderOf(bucket), { recursive: true })
    },
    hasBucket: async (bucket) => {
      try {
        return (await stat(folderOf(bucket))).isDirectory()
      } catch (error) {
        if (isMissing(error)) return false
        throw error
      }
    },
    put: async (bucket, key, bytes, headers) => {
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
      const modified = new Date()
      const kept = JSON.stringify({ etag, modified: modified.toISOString(), headers })
      await mkdir(parts, { recursive: true })
      const part = join(parts, randomUUID())
      await writeFile(part, Buffer.concat([Buffer.from(`${kept}\n`), bytes]))
      await rename(part, fileOf(bucket, key))
      return { key, size: bytes.length, modified, etag, headers }
    },
    get: async (bucket, key) => {
      let file: Buffer
      try {
        file = await readFile(fileOf(bucket, key))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
      const end = file.indexOf(0x0a)
      const kept = JSON.parse(file.subarray(0, end).toString('utf8')) as Pick<ObjectInfo, 'etag' | 'headers'> & {
        modified: string
      }
      const bytes = file.subarray(end + 1)
      return { ...kept, key, bytes, size: bytes.length, modified: new Date(kept.modified) }
    },
    remove: async (bucket, key) => {
      await rm(fileOf(bucket, key), { force: true })
    },
    keys: async (bucket, prefix) => {
      const files = await readdir(folderOf(bucket))
      return files
        .filter((file) => file.startsWith('='))
        .map((file) => decodeURIComponent(file.slice(1)))
        .filter((key) => key.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    },
  }
}
