import { createHash } from 'node:crypto'

const digestOf = (bytes: Buffer) => createHash('sha512').update(bytes).digest('hex')

export const isVerified = (digest: string, bytes: Buffer): boolean => digestOf(bytes) === digest

/** @throws Error when the bytes are not those of the digest: a disk or a store lied. */
export function verified(digest: string, bytes: Buffer): Buffer {
  if (isVerified(digest, bytes)) return bytes
  throw new Error(
    `artifact ${digest.slice(0, 16)}: expected its bytes, found others (sha512 ${digestOf(bytes).slice(0, 16)})`,
  )
}
