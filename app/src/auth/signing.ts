import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface RegistryKey {
  readonly expires: null
  readonly keyid: string
  readonly keytype: 'ecdsa-sha2-nistp256'
  readonly scheme: 'ecdsa-sha2-nistp256'
  /** SubjectPublicKeyInfo, base64. */
  readonly key: string
}

/** Signs `name@version:integrity` of every version, so that `pnpm audit signatures` can tell that the registry published it. */
export class Signer {
  readonly publicKey: RegistryKey
  readonly #privateKey: KeyObject

  /** @throws Error when the PEM is not a P-256 private key */
  constructor(pem: string) {
    this.#privateKey = createPrivateKey(pem)
    if (this.#privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw new Error(
        'REGISTRY_SIGNING_KEY: expected a private key on the curve P-256 in PEM, found another kind of key',
      )
    }
    const spki = createPublicKey(this.#privateKey).export({ type: 'spki', format: 'der' })
    this.publicKey = {
      expires: null,
      keyid: `SHA256:${createHash('sha256').update(spki).digest('base64').replace(/=+$/, '')}`,
      keytype: 'ecdsa-sha2-nistp256',
      scheme: 'ecdsa-sha2-nistp256',
      key: spki.toString('base64'),
    }
  }

  signatureOf(name: string, version: string, integrity: string): { keyid: string; sig: string } {
    const sig = sign('sha256', Buffer.from(`${name}@${version}:${integrity}`), this.#privateKey).toString('base64')
    return { keyid: this.publicKey.keyid, sig }
  }
}

export function generateSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
}
