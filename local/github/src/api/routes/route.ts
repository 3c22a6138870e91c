import type { Hub, TokenGrant } from '../../hub.ts'
import type { PullRequest } from '../../records.ts'

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** One call of the API. */
export interface ApiCall {
  readonly hub: Hub
  readonly grant: TokenGrant
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** What the path's groups matched, decoded. */
  readonly parts: readonly string[]
}

export interface Route {
  readonly method: string
  /** Below /repos/OWNER/REPO. */
  readonly path: RegExp
  /** `scope:level` that the token must have. */
  readonly permission: string
  readonly answer: (call: ApiCall) => Promise<ApiAnswer> | ApiAnswer
}

/** What a call is answered with; 200 without a status. */
export interface ApiAnswer {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A field of a body that should be a string; empty when it is none. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The commit of a ref. Throws a 404 when there is none. */
export async function commitOf(hub: Hub, ref: string): Promise<string> {
  const commit = await hub.repository.resolve(ref)
  if (commit == null) throw new ApiError(404, `No commit found for SHA: ${ref}`)
  return commit
}

/** The pull request of a number. Throws a 404 when there is none. */
export function pullOf(hub: Hub, number: string): PullRequest {
  const pull = hub.pulls.find((one) => one.number === Number(number))
  if (!pull) throw new ApiError(404, 'Not Found')
  return pull
}
