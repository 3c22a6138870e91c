import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import { RegistryError } from '../errors.ts'
import { clientAddress, clientKey } from './client-address.ts'
import { TokenBuckets } from './token-bucket.ts'

const failedSignInsPerMinute = 20

/** What a request is counted against, before anything is done for it. */
export interface Limits {
  /** Nothing, or the refusal of a request that comes too soon. Health checks are never counted. */
  refusalOf(request: IncomingMessage): RegistryError | undefined
  /**
   * Counts a password that is about to be checked, so that many at once count too.
   *
   * @throws RegistryError TOO_MANY_REQUESTS after too many wrong ones from this address
   */
  beforePassword(address: string): void
  /** It was right: it does not count. */
  passwordWasRight(address: string): void
}

export function openLimits(
  { REQUESTS_PER_CLIENT, REQUESTS_PER_TOKEN, TRUSTED_PROXIES }: Config,
  now: () => number = Date.now,
): Limits {
  const clients = new TokenBuckets(REQUESTS_PER_CLIENT, now)
  const tokens = new TokenBuckets(REQUESTS_PER_TOKEN, now)
  const signIns = new TokenBuckets(failedSignInsPerMinute, now)
  return {
    refusalOf: (request) => {
      if ((!clients.limited && !tokens.limited) || (request.url ?? '').startsWith('/health')) return undefined
      const { authorization } = request.headers
      if (clients.limited) {
        const wait = clients.take(clientKey(clientAddress(request, TRUSTED_PROXIES)))
        if (wait > 0) return tooMany(`more than ${REQUESTS_PER_CLIENT} requests a minute from your address`, wait)
      }
      // By its hash: a token that is counted must not lie in memory. Whether it is one is found out later.
      if (tokens.limited && authorization !== undefined) {
        const wait = tokens.take(createHash('sha256').update(authorization).digest('base64'))
        if (wait > 0) return tooMany(`more than ${REQUESTS_PER_TOKEN} requests a minute with this token`, wait)
      }
      return undefined
    },
    beforePassword: (address) => {
      const wait = signIns.take(clientKey(address))
      if (wait > 0) throw tooMany('too many wrong passwords from your address', wait)
    },
    passwordWasRight: (address) => signIns.giveBack(clientKey(address)),
  }
}

function tooMany(what: string, seconds: number): RegistryError {
  return new RegistryError('TOO_MANY_REQUESTS', `${what}: try again in ${seconds} s`, {
    headers: { 'retry-after': String(seconds) },
  })
}
