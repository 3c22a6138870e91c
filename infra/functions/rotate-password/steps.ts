import { randomBytes } from 'node:crypto'
import { scramVerifier } from './scram-verifier.ts'

/** What Secrets Manager calls a rotation function with, four times a rotation ("Lambda rotation function"). */
export interface RotationEvent {
  readonly SecretId: string
  /** The id of the version that is being made. */
  readonly ClientRequestToken: string
  readonly Step: string
}

/** A secret of a database, as a SecretTargetAttachment writes it. */
export interface Login {
  readonly host: string
  readonly port: number
  readonly dbname?: string
  readonly username: string
  readonly password: string
}

/** A secret and what its versions are: `AWSCURRENT` is in use, `AWSPENDING` is being made, `AWSPREVIOUS` was in use before. */
export interface Secrets {
  /** @throws Error when there is no such secret. */
  describe(id: string): Promise<{
    readonly isRefused: boolean
    /** Labels by the version's id. */
    readonly stages: Readonly<Record<string, readonly string[]>>
  }>
  /** Nothing when there is no such version. */
  read(id: string, stage: string, version?: string): Promise<string | undefined>
  newPassword(): Promise<string>
  putPending(id: string, version: string, text: string): Promise<void>
  makeCurrent(id: string, version: string, before: string | undefined): Promise<void>
}

/** A connection as the user of a login. */
export interface Session {
  /** Whether this is a copy that takes no changes: a cluster of a Global Database that has not taken over. */
  isReadOnly(): Promise<boolean>
  setPassword(username: string, verifier: string): Promise<void>
  end(): Promise<void>
}

/** Nothing when the database refuses the password. @throws Error when the database cannot be asked. */
export type Connect = (login: Login) => Promise<Session | undefined>

/**
 * One step of a rotation by a single user, who changes the own password. Every step can be repeated and does nothing the second time:
 * Secrets Manager calls again after a failure, with the same version.
 *
 * @throws Error with what was found and what to do; never with a password. Secrets Manager tries again, and says `RotationFailed`.
 */
export async function rotate(event: RotationEvent, secrets: Secrets, connect: Connect): Promise<void> {
  const { SecretId: id, ClientRequestToken: version, Step: step } = event
  const { isRefused, stages } = await secrets.describe(id)
  if (isRefused) throw new Error(`expected a secret that is rotated, found ${id} with its rotation turned off`)
  const labels = stages[version]
  if (labels?.includes('AWSCURRENT')) return
  if (!labels?.includes('AWSPENDING'))
    throw new Error(
      `expected version ${version} of ${id} to be AWSPENDING, found ${labels?.join(', ') ?? 'no such one'}`,
    )
  switch (step) {
    case 'createSecret':
      return createSecret(id, version, secrets)
    case 'setSecret':
      return setSecret(id, version, secrets, connect)
    case 'testSecret':
      return testSecret(id, version, secrets, connect)
    case 'finishSecret':
      return secrets.makeCurrent(id, version, holderOf(stages, 'AWSCURRENT'))
    default:
      throw new Error(`expected a step of a rotation, found ${step}`)
  }
}

async function createSecret(id: string, version: string, secrets: Secrets): Promise<void> {
  const current = await read(id, 'AWSCURRENT', secrets)
  if ((await secrets.read(id, 'AWSPENDING', version)) != null) return
  await secrets.putPending(id, version, JSON.stringify({ ...current, password: await secrets.newPassword() }))
}

async function setSecret(id: string, version: string, secrets: Secrets, connect: Connect): Promise<void> {
  const pending = await read(id, 'AWSPENDING', secrets, version)
  const done = await connect(pending)
  if (done) return done.end()
  const current = await read(id, 'AWSCURRENT', secrets)
  // Only the password may be another: with another host, the function would hand a password to whoever wrote it there.
  for (const key of ['host', 'username'] as const)
    if (pending[key] !== current[key])
      throw new Error(
        `expected the same ${key} in AWSCURRENT and AWSPENDING of ${id}, found ${current[key]} and ${pending[key]}`,
      )
  const session = (await connect(current)) ?? (await connectAsBefore(id, current, secrets, connect))
  if (!session)
    throw new Error(
      `the database ${current.host} refuses the passwords of ${id}, AWSCURRENT, AWSPENDING and AWSPREVIOUS: set the master password to the secret's`,
    )
  try {
    if (await session.isReadOnly())
      throw new Error(`expected the writer at ${current.host}, found a copy: ${id} is rotated where its writer is`)
    await session.setPassword(pending.username, scramVerifier(pending.password, randomBytes(16)))
  } finally {
    await session.end()
  }
}

/** With the password before the current one, when a restored database has that one. */
async function connectAsBefore(id: string, current: Login, secrets: Secrets, connect: Connect) {
  if ((await secrets.read(id, 'AWSPREVIOUS')) == null) return undefined
  const { password } = await read(id, 'AWSPREVIOUS', secrets)
  return connect({ ...current, password })
}

async function testSecret(id: string, version: string, secrets: Secrets, connect: Connect): Promise<void> {
  const pending = await read(id, 'AWSPENDING', secrets, version)
  const session = await connect(pending)
  if (!session) throw new Error(`the database ${pending.host} refuses the password AWSPENDING of ${id}`)
  await session.end()
}

async function read(id: string, stage: string, secrets: Secrets, version?: string): Promise<Login> {
  const text = await secrets.read(id, stage, version)
  let found: Partial<Login> | null = null
  try {
    found = JSON.parse(text ?? 'null') as Partial<Login> | null
  } catch {
    // The text may be a password itself: it is not repeated.
  }
  const { host, username, password, port } = found ?? {}
  if (!host || !username || !password)
    throw new Error(`expected JSON with host, username and password in ${stage} of ${id}, found none`)
  return { ...found, host, username, password, port: port ?? 5432 }
}

function holderOf(stages: Readonly<Record<string, readonly string[]>>, label: string): string | undefined {
  return Object.entries(stages).find(([, labels]) => labels.includes(label))?.[0]
}
