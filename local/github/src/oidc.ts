import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** GitHub's issuer, which stays in the tokens: trust policies name it. */
const issuer = 'https://token.actions.githubusercontent.com'

/** Signs the tokens that jobs prove themselves with, and publishes the key. */
export interface TokenIssuer {
  readonly issuer: string
  /** The JWKS document. */
  keys(): Promise<object>
  sign(claims: Readonly<Record<string, string>>, audience: string): Promise<string>
}

export async function createTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const keyId = 'sluice-local'
  return {
    issuer,
    keys: async () => ({ keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' }] }),
    sign: ({ sub = '', ...claims }, audience) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: keyId, typ: 'JWT' })
        .setIssuer(issuer)
        .setSubject(sub)
        .setAudience(audience)
        .setIssuedAt()
        // GitHub's tokens live ten minutes.
        .setExpirationTime('10m')
        .sign(privateKey),
  }
}
