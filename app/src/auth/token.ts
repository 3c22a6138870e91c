import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** What is told of a token: never itself. */
export interface TokenRecord {
  readonly key: string
  readonly hint: string
  readonly label: string
  readonly readonly: boolean
  readonly cidr: readonly string[]
  readonly created: Date
  readonly expires: Date | null
}

/** What a token may be asked to be; one without limits when nothing is said. */
export interface NewToken {
  readonly label?: string
  readonly readonly?: boolean
  readonly cidr?: readonly string[]
  readonly expires?: Date
}

/** What is stored of a token. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A token that nobody can guess, with what is told of it. */
export function makeToken(options: NewToken): { readonly token: string; readonly record: TokenRecord } {
  const token = `slu_${randomBytes(32).toString('base64url')}`
  const record = {
    key: randomUUID(),
    hint: `${token.slice(0, 8)}...${token.slice(-4)}`,
    label: options.label ?? '',
    readonly: options.readonly ?? false,
    cidr: options.cidr ?? [],
    created: new Date(),
    expires: options.expires ?? null,
  }
  return { token, record }
}
