import { randomBytes } from 'node:crypto'
import { AwsError, type Principal } from './service.ts'

/** Access keys and who they stand for. Signatures are not verified: the endpoint binds to loopback and guards nothing. */
export interface Sessions {
  /** The keys of the account's administrator, for the person at the machine. */
  readonly administrator: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The principal of a request's access key. Throws AWS's errors for a key that is unknown or expired. */
  principal(accessKeyId: string | undefined): Principal
  /** A key of its own for a role session. `expiresAt` is wall clock. */
  open(session: { arn: string; claims?: Readonly<Record<string, string>>; expiresAt: Date }): {
    accessKeyId: string
    secretAccessKey: string
    sessionToken: string
  }
}

export function createSessions(account: string, now: () => Date): Sessions {
  const administrator = { accessKeyId: 'test', secretAccessKey: 'test' }
  const root: Principal = { account, arn: `arn:aws:iam::${account}:root`, accessKeyId: administrator.accessKeyId }
  const sessions = new Map<string, { principal: Principal; expiresAt: Date }>()
  return {
    administrator,
    principal: (accessKeyId) => {
      if (accessKeyId == null) throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403)
      if (accessKeyId === administrator.accessKeyId) return root
      const session = sessions.get(accessKeyId)
      if (!session) {
        throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403)
      }
      if (session.expiresAt <= now()) {
        throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired', 403)
      }
      return session.principal
    },
    open: ({ arn, claims, expiresAt }) => {
      const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
      const principal = { account, arn, accessKeyId, ...(claims ? { claims } : {}) }
      sessions.set(accessKeyId, { principal, expiresAt })
      return {
        accessKeyId,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(48).toString('base64'),
      }
    },
  }
}

/** The access key id and the signed service of a SigV4 request (AWS: "Signature Version 4", the credential scope). */
export function credentialScope(authorization: string | undefined): {
  accessKeyId?: string
  region?: string
  service?: string
} {
  const [accessKeyId, , region, service] = /Credential=([^,\s]+)/.exec(authorization ?? '')?.[1]?.split('/') ?? []
  return {
    ...(accessKeyId ? { accessKeyId } : {}),
    ...(region ? { region } : {}),
    ...(service ? { service } : {}),
  }
}
