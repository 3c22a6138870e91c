import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '@sluice/core/failure'
import type { CallLog } from './call-log.ts'
import { decodeJson, encodeJson, encodeJsonError } from './codecs/json.ts'
import { decodeQuery, encodeQuery, encodeQueryError } from './codecs/query.ts'
import { AwsError, type AwsService, type Call, type Operation } from './service.ts'
import { credentialScope, type Sessions } from './sessions.ts'

/** More than any call of this repository needs; layers go through the distribution API, which streams. */
const largestBody = 16 * 1024 * 1024

export interface EndpointOptions {
  readonly account: string
  readonly region: string
  readonly sessions: Sessions
  readonly log: CallLog
  readonly services: Readonly<Record<string, AwsService>>
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
  response.setHeader('x-amzn-requestid', requestId)
  const body = await readBody(request)
  const target = request.headers['x-amz-target']
  const form = typeof target === 'string' ? undefined : formOf(request, body)
  const wire = typeof target === 'string' ? jsonCall(target, body, options) : queryCall(form, options)
  const scope = credentialScope(request.headers.authorization)
  let principalArn = 'anonymous'
  let claims: Readonly<Record<string, string>> | undefined
  let failure: AwsError | undefined
  try {
    const principal = isAnonymous(wire.name) ? undefined : options.sessions.principal(scope.accessKeyId)
    principalArn = principal?.arn ?? principalArn
    claims = principal?.claims
    const call: Call = {
      account: options.account,
      region: scope.region ?? options.region,
      principal: principal ?? { account: options.account, arn: 'anonymous', accessKeyId: '' },
      requestId,
      endpoint: `http://${request.headers.host ?? '127.0.0.1'}`,
    }
    if (!wire.operation)
      throw new AwsError('UnknownOperationException', `sluice's local AWS does not cover ${wire.name}`)
    const output = await wire.operation(wire.input as never, call)
    response.writeHead(200, { 'content-type': wire.contentType })
    response.end(wire.encode(output, requestId))
  } catch (error) {
    failure = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500)
    if (!(error instanceof AwsError)) options.log.fault(wire.name, error)
    response.writeHead(failure.status, { 'content-type': wire.contentType, 'x-amzn-errortype': failure.code })
    response.end(wire.encodeError(failure, requestId))
  } finally {
    options.log.call({
      operation: wire.name,
      principal: principalArn,
      ...(claims ? { claims } : {}),
      ...(failure ? { error: failure.code } : {}),
    })
  }
}

interface WireCall {
  /** `ecs:UpdateService`, as IAM writes it. */
  readonly name: string
  readonly operation: Operation | undefined
  readonly input: unknown
  readonly contentType: string
  encode(output: object, requestId: string): string
  encodeError(error: AwsError, requestId: string): string
}

/** Web identity is exchanged before there are credentials. */
function isAnonymous(name: string): boolean {
  return name === 'sts:AssumeRoleWithWebIdentity'
}

function jsonCall(target: string, body: string, { services }: EndpointOptions): WireCall {
  const [prefix = '', operation = ''] = target.split('.')
  const found = Object.entries(services).find(
    ([, service]) => service.protocol !== 'query' && service.targetPrefix === prefix,
  )
  const json = { contentType: 'application/x-amz-json-1.1', encode: encodeJson, encodeError: encodeJsonError }
  return {
    name: `${found?.[0] ?? prefix}:${operation}`,
    operation: found?.[1].operations[operation],
    input: decodeJson(body),
    ...json,
    contentType: found?.[1].protocol === 'json-1.0' ? 'application/x-amz-json-1.0' : json.contentType,
  }
}

function queryCall(form: URLSearchParams | undefined, { services }: EndpointOptions): WireCall {
  const { action, version, input } = decodeQuery(form ?? new URLSearchParams())
  const found = Object.entries(services).find(
    ([, service]) => service.protocol === 'query' && service.version === version && action in service.operations,
  )
  const sameVersion = Object.entries(services).find(
    ([, service]) => service.protocol === 'query' && service.version === version,
  )
  const service = (found ?? sameVersion)?.[1]
  const namespace = service?.protocol === 'query' ? service.xmlNamespace : 'http://webservices.amazon.com/'
  return {
    name: `${(found ?? sameVersion)?.[0] ?? 'unknown'}:${action || 'none'}`,
    operation: found?.[1].operations[action],
    input,
    contentType: 'text/xml',
    encode: (output, requestId) => encodeQuery(action, namespace, output, requestId),
    encodeError: (error, requestId) => encodeQueryError(error, namespace, requestId),
  }
}

function formOf(request: IncomingMessage, body: string): URLSearchParams {
  if (request.method === 'POST') return new URLSearchParams(body)
  return new URL(request.url ?? '/', 'http://localhost').searchParams
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody)
      throw new AwsError('RequestEntityTooLargeException', 'the request is larger than 16 MiB', 413)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
