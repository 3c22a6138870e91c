import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '@sluice/core/failure'
import { authorizations, isRoleSession, type Authorization } from './authorizations.ts'
import type { CallLog } from './call-log.ts'
import { dispatch, type Services, type WireCall } from './dispatch.ts'
import { AwsError, type Call, type Principal } from './service.ts'
import { credentialScope, type Sessions } from './sessions.ts'

/** More than any call of this repository needs; layers go through the distribution API, which streams. */
const largestBody = 16 * 1024 * 1024

export interface EndpointOptions {
  readonly account: string
  readonly region: string
  readonly sessions: Sessions
  readonly log: CallLog
  readonly services: Services
  /** Answers what is no API call (the OCI distribution API, DynamoDB); true when it did. */
  readonly others: readonly ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>)[]
}

export interface Endpoint {
  readonly url: string
  close(): Promise<void>
}

/** One port for every AWS API. Throws a `ConfigurationError` when the port is taken. */
export async function startEndpoint(port: number, options: EndpointOptions): Promise<Endpoint> {
  const server = createServer((request, response) => {
    void answer(request, response, options).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(String(error))
    })
  })
  server.keepAliveTimeout = 60_000
  await listen(server, port)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve())
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ConfigurationError(
      [
        {
          message: `expected port ${port} to be free, found it in use`,
          hint: 'name another with --port, or end what uses it',
        },
      ],
      { cause: error },
    )
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, options: EndpointOptions): Promise<void> {
  for (const other of options.others) if (await other(request, response)) return
  const requestId = randomUUID()
  const scope = credentialScope(request.headers.authorization)
  const target = request.headers['x-amz-target']
  const about = {
    target: typeof target === 'string' ? target : undefined,
    signedFor: scope.service,
    method: request.method ?? 'GET',
    url: request.url ?? '/',
  }
  let principal: Principal | undefined
  let wire: WireCall | undefined
  let status = 200
  let failure: AwsError | undefined
  let asks: Authorization[] | undefined
  let text: string
  try {
    wire = dispatch({ ...about, body: await readBody(request) }, options.services)
    if (!isAnonymous(wire.name)) principal = options.sessions.principal(scope.accessKeyId)
    if (!wire.operation) {
      const code = wire.protocol === 'json' ? 'UnknownOperationException' : 'InvalidAction'
      throw new AwsError(code, `sluice's local AWS does not cover ${wire.name}`)
    }
    const call: Call = {
      account: options.account,
      region: scope.region ?? options.region,
      principal: principal ?? { account: options.account, arn: 'anonymous', accessKeyId: '' },
      requestId,
      endpoint: `http://${request.headers.host ?? '127.0.0.1'}`,
    }
    const input = wire.input()
    if (principal && isRoleSession(principal)) asks = authorizations(wire.name, input, call)
    text = wire.encode(await wire.operation(input as never, call), requestId)
  } catch (error) {
    wire ??= dispatch({ ...about, body: '' }, options.services)
    failure = asAwsError(error, wire)
    status = failure.status
    text = wire.encodeError(failure, requestId)
    if (failure.code === 'InternalFailure') options.log.fault(wire.name, error)
  }
  options.log.call({
    operation: wire.name,
    principal: principal?.arn ?? 'anonymous',
    ...(principal?.claims ? { claims: principal.claims } : {}),
    status,
    ...(failure ? { error: failure.code } : {}),
    ...(asks ? { asks } : {}),
  })
  response.writeHead(status, {
    'content-type': wire.contentType,
    'x-amzn-requestid': requestId,
    ...(failure ? { 'x-amzn-errortype': failure.code } : {}),
    // What is left of a body that was too large is not read.
    ...(request.complete ? {} : { connection: 'close' }),
  })
  response.end(text)
}

/** Faults of this emulator are AWS's own 500, which clients retry; a body that is no JSON is the client's. */
function asAwsError(error: unknown, wire: WireCall): AwsError {
  if (error instanceof AwsError) {
    // The query services name an unknown key differently (STS and IAM API references, common errors).
    const isUnknownKey = error.code === 'UnrecognizedClientException' && wire.protocol === 'query'
    return isUnknownKey ? new AwsError('InvalidClientTokenId', error.message, error.status) : error
  }
  if (error instanceof SyntaxError) return new AwsError('SerializationException', error.message)
  return new AwsError('InternalFailure', String(error), 500)
}

/** Web identity is exchanged before there are credentials. */
function isAnonymous(name: string): boolean {
  return name === 'sts:AssumeRoleWithWebIdentity'
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  // Kept open: the refusal still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) {
      throw new AwsError('RequestEntityTooLargeException', 'the request is larger than 16 MiB', 413)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
