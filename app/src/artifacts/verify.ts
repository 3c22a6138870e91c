import { createHash } from 'node:crypto'

/** @throws Error when the bytes are not those of the digest: a disk or a store lied. */
export function verified(digest: string, bytes: Buffer): Buffer {
  const found = createHash('sha512').update(bytes).digest('hex')
  if (found !== digest)
    throw new Error(`artifact ${digest.slice(0, 16)}: expected its bytes, found others (sha512 ${found.slice(0, 16)})`)
  return bytes
}
