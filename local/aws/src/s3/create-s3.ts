import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { authorizations, isRoleSession } from '../endpoint/authorizations.ts'
import type { CallLog } from '../endpoint/call-log.ts'
import { AwsError, type Principal } from '../endpoint/service.ts'
import { credentialScope, type Sessions } from '../endpoint/sessions.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'
import { findOperation, type S3Answer } from './operations.ts'
import { encodeError } from './xml.ts'

/** Told with every refusal: a reader that knows what is there need not try. */
const covered =
  'it covers PutObject, GetObject, HeadObject, DeleteObject, DeleteObjects and ListObjectsV2 (without a delimiter); buckets come from templates'

/** S3, as far as artifacts need it: objects put and read at once, listed, deleted. Buckets come from templates, and stand in the path. */
export interface S3 {
  readonly store: Pick<ObjectStore, 'makeBucket' | 'hasBucket' | 'get'>
  /** Answers a request that is signed for S3, by a header or in its URL; false when it is none. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
}

export function createS3(options: {
  readonly account: string
  readonly region: string
  readonly stateFolder: string
  readonly sessions: Sessions
  readonly log: CallLog
  readonly now: () => Date
}): S3 {
  const { account, region, sessions, log, now } = options
  const store = createObjectStore(join(options.stateFolder, 's3'))

  return {
    store,
    answer: async (request, response) => {
      // By hand: `URL` would resolve the dots that a key may hold.
      const [path = '/', search = ''] = (request.url ?? '/').split('?')
      const query = new URLSearchParams(search)
      const signature = request.headers.authorization ?? `Credential=${query.get('X-Amz-Credential') ?? ''}`
      const { accessKeyId, service } = credentialScope(signature)
      if (service !== 's3') return false
      const requestId = randomUUID()
      const body = await buffer(request)
      const operation = findOperation(request.method ?? 'GET', path, query)
      let principal: Principal | undefined
      let answer: S3Answer
      let failure: AwsError | undefined
      try {
        principal = principalOf(sessions, accessKeyId)
        expectFresh(query, now())
        expectOwner(request.headers['x-amz-expected-bucket-owner'], account)
        if (!operation) {
          const message = `sluice's local S3 does not cover ${request.method} ${request.url}: ${covered}`
          throw new AwsError('NotImplemented', message, 501)
        }
        answer = await operation.run({ store, body, headers: request.headers, query })
      } catch (error) {
        failure = asAwsError(error)
        if (failure.code === 'InternalError') log.fault('s3', error)
        const headers = { 'content-type': 'application/xml' }
        answer = { status: failure.status, headers, body: encodeError(failure.code, failure.message, requestId) }
      }
      const isRole = principal != null && isRoleSession(principal)
      log.call({
        operation: operation?.name ?? `s3:${request.method}`,
        principal: principal?.arn ?? 'anonymous',
        status: answer.status,
        ...(failure ? { error: failure.code } : {}),
        ...(isRole && operation
          ? {
              asks: operation
                .asks(body)
                .flatMap(([action, input]) => authorizations(action, input, { account, region })),
            }
          : {}),
      })
      response.writeHead(answer.status, { ...answer.headers, 'x-amz-request-id': requestId })
      response.end(request.method === 'HEAD' ? undefined : answer.body)
      return true
    },
  }
}

/** S3 has names of its own for what is wrong with a key (S3 API reference: error responses). */
function principalOf(sessions: Sessions, accessKeyId: string | undefined): Principal {
  try {
    return sessions.principal(accessKeyId)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const code = error.code === 'ExpiredTokenException' ? 'ExpiredToken' : 'InvalidAccessKeyId'
    throw new AwsError(code, error.message, code === 'ExpiredToken' ? 400 : 403)
  }
}

/** A signed URL is good for as long as it says. */
function expectFresh(query: URLSearchParams, now: Date): void {
  const [date, seconds] = [query.get('X-Amz-Date'), query.get('X-Amz-Expires')]
  if (date == null || seconds == null) return
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const isFresh = signedAt + Number(seconds) * 1000 >= now.getTime()
  if (!isFresh) throw new AwsError('AccessDenied', 'Request has expired', 403)
}

/** All buckets here are this account's: who expects another's is refused, as by S3. */
function expectOwner(expected: string | string[] | undefined, account: string): void {
  if (expected != null && expected !== account) throw new AwsError('AccessDenied', 'Access Denied', 403)
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error
  if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG')
    return new AwsError(
      'KeyTooLongError',
      "Your key is too long for sluice's local S3, which keeps it as a file's name",
    )
  return new AwsError('InternalError', String(error), 500)
}
