import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { AwsService, Call } from '../../src/endpoint/service.ts'
import { createSessions } from '../../src/endpoint/sessions.ts'
import { createIam } from '../../src/iam/create-iam.ts'
import { createSts } from '../../src/sts/create-sts.ts'

const issuer = 'https://token.actions.githubusercontent.com'
const account = '000000000000'
const folder = mkdtempSync(join(tmpdir(), 'sluice-sts-'))
const sessions = createSessions(account, () => new Date())
const role = `arn:aws:iam::${account}:role/deploy`
let sts: AwsService
let jwks: Server
let trusted: CryptoKey
let stranger: CryptoKey

interface Claims {
  readonly aud?: string
  readonly iss?: string
  readonly environment?: string
  readonly expires?: string
  readonly key?: CryptoKey
}
const token = ({ aud = 'sts.amazonaws.com', iss = issuer, environment, expires = '5m', key = trusted }: Claims = {}) =>
  new SignJWT({ job: 'deploy', run_id: '7', ...(environment == null ? {} : { environment }) })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuedAt()
    .setIssuer(iss)
    .setAudience(aud)
    .setSubject('repo:acme/shop:environment:prod')
    .setExpirationTime(expires)
    .sign(key)

interface Session {
  readonly Credentials: { readonly AccessKeyId: string; readonly Expiration: Date }
}
const assume = async (jwt: string, RoleArn = role) => {
  const operation = sts.operations['AssumeRoleWithWebIdentity']
  if (!operation) throw new Error('no AssumeRoleWithWebIdentity')
  const input = { RoleArn, RoleSessionName: 'run', WebIdentityToken: jwt, DurationSeconds: '900' }
  return (await operation(input as never, {} as Call)) as Session
}

beforeAll(async () => {
  const pair = await generateKeyPair('RS256')
  trusted = pair.privateKey
  stranger = (await generateKeyPair('RS256')).privateKey
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }] })
  jwks = createServer((_, response) => response.end(keys))
  await new Promise<void>((resolve) => {
    jwks.listen(0, '127.0.0.1', resolve)
  })
  const iam = createIam({ account, stateFolder: folder })
  const Federated = iam.putOidcProvider(issuer, ['sts.amazonaws.com'])
  const trustOf = (claim: string, value: string) => ({
    Statement: {
      Effect: 'Allow' as const,
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated },
      Condition: { StringEquals: { [`token.actions.githubusercontent.com:${claim}`]: value } },
    },
  })
  iam.putRole({ name: 'deploy', policies: [], trust: trustOf('environment', 'prod') })
  iam.putRole({ name: 'by-job', policies: [], trust: trustOf('job', 'deploy') })
  const jwksUrl = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks`
  sts = createSts({ account, sessions, iam, now: () => new Date(), oidc: { issuer, jwksUrl } })
})
afterAll(() => {
  jwks.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('AssumeRoleWithWebIdentity', () => {
  it('opens a session with a key of its own that knows the job', async () => {
    const { Credentials } = await assume(await token({ environment: 'prod' }))
    const other = await assume(await token({ environment: 'prod' }))
    expect(other.Credentials.AccessKeyId).not.toBe(Credentials.AccessKeyId)
    expect(Credentials.Expiration.getTime() - Date.now()).toBeGreaterThan(600_000)
    expect(sessions.principal(Credentials.AccessKeyId)).toMatchObject({
      arn: `arn:aws:sts::${account}:assumed-role/deploy/run`,
      claims: { job: 'deploy', run_id: '7', environment: 'prod' },
    })
  })

  it.each<[what: string, claims: () => Claims, code: string, arn?: string]>([
    ['a job outside the environment', () => ({}), 'AccessDenied'],
    ['another environment', () => ({ environment: 'dev' }), 'AccessDenied'],
    [
      'a trust in a claim that AWS makes no condition key of',
      () => ({ environment: 'prod' }),
      'AccessDenied',
      `arn:aws:iam::${account}:role/by-job`,
    ],
    ['a role that is not there', () => ({ environment: 'prod' }), 'AccessDenied', `arn:aws:iam::${account}:role/no`],
    [
      'a role of another account',
      () => ({ environment: 'prod' }),
      'AccessDenied',
      'arn:aws:iam::111111111111:role/deploy',
    ],
    ['another audience', () => ({ environment: 'prod', aud: 'elsewhere' }), 'InvalidIdentityToken'],
    ['another issuer', () => ({ environment: 'prod', iss: 'https://evil.example' }), 'InvalidIdentityToken'],
    ['another key', () => ({ environment: 'prod', key: stranger }), 'InvalidIdentityToken'],
    ['an old token', () => ({ environment: 'prod', expires: '-1m' }), 'ExpiredTokenException'],
  ])('refuses %s', async (_, claims, code, arn) => {
    await expect(assume(await token(claims()), arn)).rejects.toMatchObject({ code })
  })

  it.each(['', 'not.a.jwt'])('refuses %j for a token', async (jwt) => {
    await expect(assume(jwt)).rejects.toMatchObject({ code: 'InvalidIdentityToken' })
  })
})
