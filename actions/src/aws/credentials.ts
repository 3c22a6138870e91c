import * as core from '@actions/core'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { ConfigurationError } from '@sluice/core/failure'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

/** The SDK renews what expires within five minutes; renewing at the same mark lets all clients share one session. */
const renewBeforeMilliseconds = 5 * 60_000

/**
 * Credentials of a role by the runner's OIDC token. A new token is asked for at every renewal: tokens live for minutes,
 * sessions for an hour, bakes for longer (aws-actions/configure-aws-credentials#359 cannot do this).
 */
export function webIdentityCredentials(
  region: string,
  role: string,
  env: NodeJS.ProcessEnv,
  now: () => number = () => Date.now(),
): () => Promise<Credentials> {
  let session: Promise<Credentials> | undefined
  let expires = 0
  return () => {
    if (session == null || now() > expires - renewBeforeMilliseconds) {
      expires = Number.POSITIVE_INFINITY
      session = assumeRole(region, role, env).then(
        (credentials) => {
          expires = credentials.expiration.getTime()
          return credentials
        },
        (error: unknown) => {
          session = undefined
          throw error
        },
      )
    }
    return session
  }
}

async function assumeRole(region: string, role: string, env: NodeJS.ProcessEnv): Promise<Credentials> {
  const token = await identityToken(env)
  // AssumeRoleWithWebIdentity is not signed; an empty key keeps the SDK from searching the machine for one.
  const sts = new STSClient({ region, maxAttempts: 10, credentials: { accessKeyId: '', secretAccessKey: '' } })
  try {
    const { Credentials: found } = await sts.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: role,
        RoleSessionName: sessionName(env),
        WebIdentityToken: token,
      }),
    )
    if (!found?.AccessKeyId || !found.SecretAccessKey || !found.SessionToken || !found.Expiration)
      throw new Error(`STS answered the assumption of ${role} without credentials`)
    core.setSecret(found.SecretAccessKey)
    core.setSecret(found.SessionToken)
    return {
      accessKeyId: found.AccessKeyId,
      secretAccessKey: found.SecretAccessKey,
      sessionToken: found.SessionToken,
      expiration: found.Expiration,
    }
  } catch (error) {
    if (error instanceof Error && /AccessDenied|InvalidIdentityToken/.test(error.name)) {
      const hint = 'compare the trust policy of the role with the repository, branch and environment of this job'
      throw new ConfigurationError([{ message: `the role ${role} refused this job: ${error.message}`, hint }], {
        cause: error,
      })
    }
    throw error
  } finally {
    sts.destroy()
  }
}

async function identityToken(env: NodeJS.ProcessEnv): Promise<string> {
  if (!env['ACTIONS_ID_TOKEN_REQUEST_URL']) {
    const hint = 'add "permissions: { id-token: write }" to the job, or leave the input "role" out'
    throw new ConfigurationError([{ message: 'the job may not ask for an OIDC token, which the role needs', hint }])
  }
  return core.getIDToken('sts.amazonaws.com')
}

/** What CloudTrail shows: which run and job acted. STS allows 2 to 64 of these characters. */
function sessionName(env: NodeJS.ProcessEnv): string {
  const name = `sluice-${env['GITHUB_RUN_ID'] ?? 'local'}-${env['GITHUB_JOB'] ?? 'job'}`
  return name.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64)
}
