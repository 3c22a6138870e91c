/** One table of what the registry answers when it does not do what was asked. docs/errors.md explains each code. */
export const errorTable = {
  BAD_REQUEST: [400, 'The request cannot be understood'],
  INVALID_NAME: [400, 'The package name is not allowed'],
  INVALID_VERSION: [400, 'The version is not semantic versioning'],
  INVALID_TAG: [400, 'The dist-tag is not allowed'],
  INVALID_MANIFEST: [400, 'The manifest is not usable'],
  INVALID_TARBALL: [400, 'The tarball is not usable'],
  INTEGRITY_MISMATCH: [400, 'The tarball does not match its integrity'],
  UNAUTHENTICATED: [401, 'Sign in first'],
  BAD_CREDENTIALS: [401, 'User name or password is wrong'],
  FORBIDDEN: [403, 'This user may not do that'],
  READ_ONLY_TOKEN: [403, 'The token is read-only'],
  CIDR_MISMATCH: [403, 'The token is not for this address'],
  BAD_FORM: [403, 'The form is not one of this registry'],
  REGISTRATION_CLOSED: [403, 'Users are made by an administrator here'],
  NOT_FOUND: [404, 'Not found'],
  PACKAGE_NOT_FOUND: [404, 'No such package'],
  VERSION_NOT_FOUND: [404, 'No such version'],
  COMPONENT_NOT_FOUND: [404, 'No such component'],
  TIMEOUT: [408, 'The request took too long'],
  VERSION_EXISTS: [409, 'The version exists already, with other bytes'],
  REVISION_CONFLICT: [409, 'The package has changed since it was read'],
  USER_EXISTS: [409, 'The user exists already'],
  TOO_LARGE: [413, 'Too large'],
  UNSUPPORTED_MEDIA: [415, 'The content type or encoding is not supported'],
  UNPUBLISH_REFUSED: [422, 'The version may no longer be unpublished'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  HEADERS_TOO_LARGE: [431, 'The request headers are too large'],
  INTERNAL: [500, 'The registry failed'],
  NOT_IMPLEMENTED: [501, 'Not supported by this registry'],
  UNAVAILABLE: [503, 'Temporarily unavailable'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ErrorCode = keyof typeof errorTable

/** A refusal that the client is told. Anything else that is thrown is answered as INTERNAL, without its text. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly code: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, detail?: string, options: ErrorOptions & { headers?: Record<string, string> } = {}) {
    super(detail ?? errorTable[code][1], options)
    this.code = code
    this.headers = options.headers ?? {}
  }

  get status(): number {
    return errorTable[this.code][0]
  }

  get title(): string {
    return errorTable[this.code][1]
  }
}

/** RFC 9457, and the members that clients print: npm reads `error`, shadcn `detail`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  readonly error: string
  readonly requestId?: string
}

export function problemOf(error: RegistryError, requestId?: string): Problem {
  const [status, title] = errorTable[error.code]
  const { code, message: detail } = error
  return {
    type: `urn:sluice:registry:${code}`,
    title,
    status,
    detail,
    code,
    error: detail,
    ...(requestId && { requestId }),
  }
}

/** Network failures and PostgreSQL's classes 08 (connection), 53 (resources), 57 (operator intervention): try again later. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string') {
    return (
      /^(08|53|57)[0-9A-Z]{3}$/.test(code) ||
      /^(ECONN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/.test(code)
    )
  }
  return /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error/i.test(
    error.message,
  )
}

/** PostgreSQL's 25006: the database is one that follows, in a region that has not taken over. */
const isFollower = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === '25006'

/** What a thrown value is answered as. */
export function asRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  if (isOutage(error)) {
    return new RegistryError('UNAVAILABLE', 'a database is not reachable: try again', {
      cause: error,
      headers: { 'retry-after': '2' },
    })
  }
  if (isFollower(error)) {
    return new RegistryError('UNAVAILABLE', 'this region reads and takes no writes now: try again', {
      cause: error,
      headers: { 'retry-after': '10' },
    })
  }
  const fastifyCode = (error as { code?: unknown }).code
  if (fastifyCode === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new RegistryError('TOO_LARGE', 'the request body is too large', { cause: error })
  if (fastifyCode === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new RegistryError('UNSUPPORTED_MEDIA', 'expected application/json', { cause: error })
  }
  const status = (error as { statusCode?: unknown }).statusCode
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new RegistryError('BAD_REQUEST', error instanceof Error ? error.message : undefined, { cause: error })
  }
  return new RegistryError('INTERNAL', undefined, { cause: error })
}
