import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose'
import { AwsError, type AwsService, type Call } from '../endpoint/service.ts'
import type { Sessions } from '../endpoint/sessions.ts'
import type { Iam } from '../iam/create-iam.ts'
import { isTrusted } from '../iam/trust.ts'

/** Where tokens of an issuer are checked. The issuer's real name stays in the token, as in AWS. */
export interface OidcIssuer {
  readonly issuer: string
  readonly jwksUrl: string
}

interface AssumeInput {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly DurationSeconds?: string
}

/**
 * The claims of GitHub's tokens that STS makes condition keys of (Service Authorization Reference: AWS STS). A trust policy that asks
 * for another claim, such as `event_name`, lets nobody in, as in AWS.
 */
const conditionKeys: ReadonlySet<string> = new Set([
  'aud',
  'sub',
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'repository_owner_id',
  'workflow',
])

/** STS: every session has an access key of its own, so that each call can be told apart. */
export function createSts(options: {
  account: string
  sessions: Sessions
  iam: Iam
  now: () => Date
  oidc?: OidcIssuer | undefined
}): AwsService {
  const { account, sessions, iam, now, oidc } = options
  const keys = oidc && createRemoteJWKSet(new URL(oidc.jwksUrl))

  const open = (
    { RoleArn, RoleSessionName, DurationSeconds }: AssumeInput,
    claims?: Readonly<Record<string, string>>,
  ) => {
    const roleName = RoleArn.split('/').at(-1) ?? ''
    const expiresAt = new Date(now().getTime() + Number(DurationSeconds ?? 3600) * 1000)
    const arn = `arn:aws:sts::${account}:assumed-role/${roleName}/${RoleSessionName}`
    const key = sessions.open({ arn, expiresAt, ...(claims ? { claims } : {}) })
    return {
      AssumedRoleUser: { Arn: arn, AssumedRoleId: `AROA${roleName.toUpperCase()}:${RoleSessionName}` },
      Credentials: {
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: key.secretAccessKey,
        SessionToken: key.sessionToken,
        Expiration: expiresAt,
      },
    }
  }
  const denied = (action: string) => new AwsError('AccessDenied', `Not authorized to perform ${action}`, 403)

  const verify = async (token: string): Promise<JWTPayload> => {
    if (!oidc || !keys)
      throw new AwsError('InvalidIdentityToken', 'No OpenIDConnect provider found in your account', 400)
    try {
      return (await jwtVerify(token, keys, { issuer: oidc.issuer })).payload
    } catch (error) {
      const code = (error as { code?: string }).code
      if (code === 'ERR_JWT_EXPIRED') throw new AwsError('ExpiredTokenException', 'Token expired', 400)
      throw new AwsError(
        'InvalidIdentityToken',
        `The ID Token provided is not a valid JWT (${code ?? String(error)})`,
        400,
      )
    }
  }

  return {
    protocol: 'query',
    version: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: (_: object, call: Call) => ({
        Arn: call.principal.arn,
        Account: call.account,
        UserId: call.principal.accessKeyId,
      }),
      AssumeRole: (input: AssumeInput, call: Call) => {
        const role = iam.role(input.RoleArn.split('/').at(-1) ?? '')
        const request = { action: 'sts:AssumeRole', aws: call.principal.arn, keys: {} }
        if (!role || role.arn !== input.RoleArn || !isTrusted(role.trust, request)) throw denied('sts:AssumeRole')
        return open(input)
      },
      AssumeRoleWithWebIdentity: async (input: AssumeInput & { WebIdentityToken: string }) => {
        const payload = await verify(input.WebIdentityToken)
        const issuer = (payload.iss ?? '').replace(/^https:\/\//, '')
        const provider = iam.oidcProvider(issuer)
        const audiences = [payload.aud ?? []].flat()
        if (!provider || !provider.audiences.some((audience) => audiences.includes(audience))) {
          throw new AwsError('InvalidIdentityToken', 'Incorrect token audience', 400)
        }
        const role = iam.role(input.RoleArn.split('/').at(-1) ?? '')
        const claims = textClaims(payload)
        const keysOfToken = Object.fromEntries(
          Object.entries(claims).flatMap(([name, value]) =>
            conditionKeys.has(name) ? [[`${issuer}:${name}`, value]] : [],
          ),
        )
        const request = { action: 'sts:AssumeRoleWithWebIdentity', federated: provider.arn, keys: keysOfToken }
        if (!role || role.arn !== input.RoleArn || !isTrusted(role.trust, request)) {
          throw denied('sts:AssumeRoleWithWebIdentity')
        }
        return {
          ...open(input, claims),
          SubjectFromWebIdentityToken: payload.sub,
          Provider: provider.arn,
          Audience: audiences[0],
        }
      },
    },
  }
}

function textClaims(payload: JWTPayload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(payload).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )
}
