import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt)

/** scrypt with N = 2^14, r = 8, p = 5: OWASP's password storage cheat sheet, the choice with the least memory (16 MiB). */
const cost = { N: 2 ** 14, r: 8, p: 5 }
const keyBytes = 32

/** `scrypt$<salt>$<key>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password.normalize(), salt, keyBytes, cost)
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`
}

export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, salt = '', key = ''] = (stored ?? '').split('$')
  // Somebody who does not exist costs as much time as somebody who does.
  const derived = await derive(password.normalize(), Buffer.from(salt, 'base64url'), keyBytes, cost)
  const expected = Buffer.from(key, 'base64url')
  return expected.length === keyBytes && timingSafeEqual(derived, expected)
}
