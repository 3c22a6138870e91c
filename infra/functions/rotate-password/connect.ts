import pg from 'pg'
import type { Login, Session } from './steps.ts'

/** What PostgreSQL says of a wrong password (Appendix A: invalid_password, invalid_authorization_specification). */
const refusals = ['28P01', '28000']

/**
 * Speaks TLS and checks the certificate, against the authorities of Node.js and of NODE_EXTRA_CA_CERTS. Nothing when the database
 * refuses the password.
 *
 * @throws Error when it cannot be reached, or is not who it says.
 */
export async function connect({ host, port, username, password, dbname }: Login): Promise<Session | undefined> {
  const client = new pg.Client({
    host,
    port,
    user: username,
    password,
    database: dbname ?? 'postgres',
    ssl: true,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
  })
  // A connection that breaks later is an error of the query in flight; without a listener it would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => undefined)
    if (refusals.includes((error as { code?: string }).code ?? '')) return undefined
    throw new Error(`the database ${host} cannot be reached: ${(error as Error).message}`, { cause: error })
  }
  return {
    async isReadOnly() {
      const { rows } = await client.query<{ copy: boolean }>('select pg_is_in_recovery() as copy')
      return rows[0]?.copy !== false
    },
    async setPassword(user, verifier) {
      await client.query(`alter role ${client.escapeIdentifier(user)} password ${client.escapeLiteral(verifier)}`)
    },
    end: () => client.end(),
  }
}
