import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Content-addressed files. What has the name of a digest has been checked against it. */
export interface BlobStore {
  file(digest: string): string
  size(digest: string): Promise<number | undefined>
  read(digest: string): Promise<Buffer>
  stream(digest: string, range: { start: number; end: number }): NodeJS.ReadableStream
  /** Keeps bytes that are at hand. Gives their digest. */
  put(bytes: Buffer): Promise<string>
  /** Moves an uploaded file in under its digest. Rejects with a `RangeError` when the bytes have another one. */
  adopt(file: string, digest: string): Promise<void>
}

export function createBlobStore(folder: string): BlobStore {
  const file = (digest: string) => join(folder, digest.replace(':', '-'))
  return {
    file,
    size: async (digest) => {
      try {
        return (await stat(file(digest))).size
      } catch {
        return undefined
      }
    },
    read: (digest) => readFile(file(digest)),
    stream: (digest, range) => createReadStream(file(digest), range),
    put: async (bytes) => {
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      await mkdir(folder, { recursive: true })
      // A name of its own: two pushes of one manifest may meet.
      const draft = `${file(digest)}.${randomUUID()}`
      await writeFile(draft, bytes)
      await rename(draft, file(digest))
      return digest
    },
    adopt: async (upload, digest) => {
      const hash = createHash('sha256')
      for await (const chunk of createReadStream(upload) as AsyncIterable<Buffer>) hash.update(chunk)
      const found = `sha256:${hash.digest('hex')}`
      if (found !== digest) {
        await rm(upload, { force: true })
        throw new RangeError(`expected content with the digest ${digest}, found ${found}`)
      }
      await mkdir(folder, { recursive: true })
      await rename(upload, file(digest))
    },
  }
}

/** Appends a request's body to a file. Gives the bytes that were written. */
export async function appendStream(source: NodeJS.ReadableStream, file: string): Promise<number> {
  let written = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      written += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(source, count, createWriteStream(file, { flags: 'a' }))
  return written
}
