import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Logger } from 'pino'
import { RegistryError } from '../errors.ts'
import type { ArtifactStore } from './store.ts'
import { verified } from './verify.ts'

/** How long a client may take to follow a redirect, in seconds. */
const signedForSeconds = 900

/** Objects older than this are stored anew by a repeat, so that a sweep does not take what a publish is about to use. */
const freshMs = 12 * 3600_000

/**
 * Artifacts in a bucket: `<prefix>ab/cdef…` by digest. A repeat finds the object there and sends nothing; S3's own checksum
 * guards the way there, the digest the way back.
 */
export class S3Artifacts implements ArtifactStore {
  readonly #s3: S3Client
  readonly #bucket: string
  readonly #prefix: string
  readonly #redirects: boolean
  readonly #now: () => number

  constructor(options: {
    readonly s3: S3Client
    readonly bucket: string
    /** Empty, or ends with a slash. */
    readonly prefix: string
    readonly redirects: boolean
    readonly now?: () => number
  }) {
    this.#s3 = options.s3
    this.#bucket = options.bucket
    this.#prefix = options.prefix
    this.#redirects = options.redirects
    this.#now = options.now ?? Date.now
  }

  #key(digest: string): string {
    if (!/^[0-9a-f]{128}$/.test(digest)) throw new Error(`expected a SHA-512 in hex, found ${digest.slice(0, 40)}`)
    return `${this.#prefix}${digest.slice(0, 2)}/${digest.slice(2)}`
  }

  async put(_name: string, digest: string, bytes: Buffer): Promise<void> {
    const Key = this.#key(digest)
    const there = await this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key })).catch(notFound)
    const storedAt = there?.LastModified?.getTime() ?? 0
    if (there?.ContentLength === bytes.length && this.#now() - storedAt < freshMs) return
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key,
        Body: bytes,
        ContentType: 'application/octet-stream',
        CacheControl: 'public, max-age=31536000, immutable',
        ChecksumAlgorithm: 'SHA256',
      }),
    )
  }

  async get(_name: string, digest: string): Promise<Buffer> {
    const object = { Bucket: this.#bucket, Key: this.#key(digest) }
    const found = await this.#s3.send(new GetObjectCommand(object)).catch(notFound)
    // Its version is in the database, which follows within a second; S3 may take minutes to copy an object to another region.
    if (!found) {
      throw new RegistryError('UNAVAILABLE', 'the tarball has not reached this region yet: try again', {
        headers: { 'retry-after': '5' },
      })
    }
    const { Body } = found
    if (!Body)
      throw new Error(`artifact ${digest.slice(0, 16)}: expected its bytes in the bucket, found an empty answer`)
    return verified(digest, Buffer.from(await Body.transformToByteArray()))
  }

  async redirect(digest: string): Promise<string | undefined> {
    if (!this.#redirects) return undefined
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(digest) })
    return getSignedUrl(this.#s3, command, { expiresIn: signedForSeconds })
  }

  async sweep(
    olderThanMs: number,
    isUsed: (digests: readonly string[]) => Promise<ReadonlySet<string>>,
  ): Promise<number> {
    let swept = 0
    for (let token: string | undefined; ;) {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, ContinuationToken: token }),
      )
      const old = (page.Contents ?? []).flatMap(({ Key = '', LastModified }) =>
        this.#now() - (LastModified?.getTime() ?? this.#now()) > olderThanMs
          ? [{ Key, digest: Key.slice(this.#prefix.length).replace('/', '') }]
          : [],
      )
      const used = await isUsed(old.map(({ digest }) => digest))
      const unused = old.filter(({ digest }) => /^[0-9a-f]{128}$/.test(digest) && !used.has(digest))
      if (unused.length > 0) {
        const Objects = unused.map(({ Key }) => ({ Key }))
        await this.#s3.send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }))
      }
      swept += unused.length
      token = page.NextContinuationToken
      if (token === undefined) return swept
    }
  }
}

function notFound(error: unknown): undefined {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined
  throw error
}

/**
 * A bucket of AWS, or of another store that speaks S3: such a one knows its buckets by path. Its credentials are taken now, so that no
 * request waits for them; where there are none yet, each request tries again.
 */
export async function openBucket(options: {
  readonly bucket: string
  readonly prefix: string
  readonly redirects: boolean
  readonly endpoint: string | undefined
  readonly log: Logger
}): Promise<ArtifactStore> {
  const { endpoint, log, ...place } = options
  const s3 = new S3Client(endpoint ? { endpoint, forcePathStyle: true } : {})
  await s3.config.credentials().catch((error: unknown) => log.warn({ err: error }, 'no credentials for the bucket yet'))
  return new S3Artifacts({ s3, ...place })
}
