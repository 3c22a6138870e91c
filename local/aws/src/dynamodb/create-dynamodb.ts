import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'

import { authorizations, isRoleSession } from '../endpoint/authorizations.ts'
import type { CallLog } from '../endpoint/call-log.ts'
import { decodeJson, encodeJsonError } from '../endpoint/codecs/json.ts'
import { AwsError, type Principal } from '../endpoint/service.ts'
import { credentialScope, type Sessions } from '../endpoint/sessions.ts'

/** It is CommonJS without types. */
type Dynalite = (options: { path?: string; createTableMs: number }) => Server

/** DynamoDB, by the package dynalite. Started by the first call to it. */
export interface DynamoDb {
  /** Answers a request of DynamoDB; false when it is none. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Calls it without a client, as templates do. Throws an `AwsError`. */
  call(operation: string, input: object): Promise<Record<string, unknown>>
  close(): Promise<void>
}

export function createDynamoDb(options: {
  account: string
  region: string
  /** Where tables are kept; in memory alone without it, which is several times faster. */
  folder?: string
  sessions: Sessions
  log: CallLog
}): DynamoDb {
  const { account, region, sessions, log } = options
  let started: Promise<Server> | undefined
  const server = () => (started ??= startDynalite(options.folder))

  return {
    answer: async (request, response) => {
      const target = request.headers['x-amz-target']
      const operation = /^DynamoDB_\d+\.(\w+)$/.exec(typeof target === 'string' ? target : '')?.[1]
      if (operation == null) return false
      let principal: Principal
      try {
        principal = sessions.principal(credentialScope(request.headers.authorization).accessKeyId)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        request.resume()
        response.writeHead(error.status, { 'content-type': 'application/x-amz-json-1.0' }).end(encodeJsonError(error))
        log.call({
          operation: `dynamodb:${operation}`,
          principal: 'anonymous',
          status: response.statusCode,
          error: error.code,
        })
        return true
      }
      // dynalite throws, and ends this process, for a client that goes away while it sends: it gets what has arrived whole.
      const body = await buffer(request)
      const name = `dynamodb:${operation}`
      const asks = isRoleSession(principal) ? authorizations(name, parsed(body), { account, region }) : undefined
      response.once('finish', () =>
        log.call({ operation: name, principal: principal.arn, status: response.statusCode, ...(asks ? { asks } : {}) }),
      )
      const { headers, method, url } = request
      const whole = Object.assign(Readable.from([body]), { headers, method, url })
      ;(await server()).emit('request', whole, response)
      return true
    },
    call: async (operation, input) => {
      const { port } = (await server()).address() as AddressInfo
      const response = await fetch(`http://127.0.0.1:${port}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify(input),
      })
      const output = (await response.json()) as Record<string, unknown> & { __type?: string; message?: string }
      if (!response.ok) throw new AwsError(output.__type?.split('#').at(-1) ?? 'InternalFailure', output.message ?? '')
      return output
    },
    close: async () => {
      const running = await started
      if (!running) return
      await new Promise<void>((resolve) => {
        running.close(() => resolve())
        running.closeAllConnections()
      })
    },
  }
}

/** What a body says, for the log alone: what cannot be read is DynamoDB's to refuse. */
function parsed(body: Buffer): unknown {
  try {
    return decodeJson(body.toString('utf8'))
  } catch {
    return {}
  }
}

/** It closes its database only with a server that listens, so it has a port of its own. */
async function startDynalite(path?: string): Promise<Server> {
  if (path != null) await mkdir(path, { recursive: true })
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite
  const server = dynalite({ ...(path == null ? {} : { path }), createTableMs: 0 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  return server
}
