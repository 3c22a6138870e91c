import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import type { Credentials } from './credentials.ts'

/** Renewed when a session has this long to live. */
const renewBeforeMilliseconds = 5 * 60_000

/** Credentials of a role that another role may assume. AWS ends such sessions after an hour, so they are asked for anew. */
export function chainedCredentials(
  sts: STSClient,
  roleArn: string,
  sessionName: string,
  now: () => number = () => Date.now(),
): () => Promise<Credentials> {
  let session: Credentials | undefined
  return async () => {
    if (session && now() < session.expiration.getTime() - renewBeforeMilliseconds) return session
    const { Credentials: found } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName }),
    )
    if (!found?.AccessKeyId || !found.SecretAccessKey || !found.SessionToken || !found.Expiration) {
      throw new Error(`expected credentials of ${roleArn}, found none in the answer of STS`)
    }
    session = {
      accessKeyId: found.AccessKeyId,
      secretAccessKey: found.SecretAccessKey,
      sessionToken: found.SessionToken,
      expiration: found.Expiration,
    }
    return session
  }
}
