import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const deriveKey = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt)

/** scrypt with N = 2^14, r = 8, p = 5: OWASP's password storage cheat sheet, the choice with the least memory (16 MiB). */
const cost = { N: 2 ** 14, r: 8, p: 5 }
const keyBytes = 32

/** Half of libuv's four threads: a flood of passwords must leave the others to files, names and databases. */
const atOnce = 2
let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer): Promise<Buffer> {
  // Whoever ends hands its place on, so nobody slips in between.
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await deriveKey(password.normalize(), salt, keyBytes, cost)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

/** `scrypt$<salt>$<key>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt)
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`
}

export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, salt = '', key = ''] = (stored ?? '').split('$')
  // Somebody who does not exist costs as much time as somebody who does.
  const derived = await derive(password, Buffer.from(salt, 'base64url'))
  const expected = Buffer.from(key, 'base64url')
  return expected.length === keyBytes && timingSafeEqual(derived, expected)
}
