import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** PostgreSQL's own count (`scram_iterations`). */
const iterations = 4096

/**
 * What PostgreSQL keeps of a password (RFC 5803). Given in place of the password itself, so that no statement has it: a server writes
 * statements into its log when they are slow or fail. `password` is ASCII, which needs no SASLprep.
 */
export function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const mac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(mac('Client Key')).digest('base64')
  const server = mac('Server Key').toString('base64')
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`
}
