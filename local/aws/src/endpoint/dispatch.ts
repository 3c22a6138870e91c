import { decodeJson, encodeJson, encodeJsonError } from './codecs/json.ts'
import { decodeQuery, encodeQuery, encodeQueryError } from './codecs/query.ts'
import type { AwsError, AwsService, Operation } from './service.ts'

/** Services by the prefix that IAM knows them under; what follows a slash is another protocol of the same service. */
export type Services = Readonly<Record<string, AwsService>>

/** What a request says of itself before its body is believed. */
export interface WireRequest {
  /** The X-Amz-Target header of the JSON protocols. */
  readonly target: string | undefined
  /** The service that the request is signed for (credential scope); names what nobody covers. */
  readonly signedFor: string | undefined
  readonly method: string
  readonly url: string
  readonly body: string
}

/** One call, with the codec of its protocol. */
export interface WireCall {
  /** `ecs:UpdateService`, as IAM writes it. */
  readonly name: string
  readonly protocol: 'json' | 'query'
  /** Missing where the service or the operation is not covered. */
  readonly operation: Operation | undefined
  readonly contentType: string
  /** Throws an `AwsError` or a `SyntaxError` when the body cannot be read. */
  input(): unknown
  encode(output: object, requestId: string): string
  encodeError(error: AwsError, requestId: string): string
}

/** Finds the service and the operation that a request is for, by X-Amz-Target or by Action and Version. */
export function dispatch(request: WireRequest, services: Services): WireCall {
  return request.target == null ? queryCall(request, services) : jsonCall(request.target, request.body, services)
}

const publicName = (key: string) => key.split('/')[0] ?? key

/** An operation of the service itself, nothing that every object inherits. */
function operationOf(service: AwsService | undefined, name: string): Operation | undefined {
  return service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined
}

function jsonCall(target: string, body: string, services: Services): WireCall {
  const [prefix = '', operation = ''] = target.split('.')
  const [key, service] =
    Object.entries(services).find(([, one]) => one.protocol !== 'query' && one.targetPrefix === prefix) ?? []
  return {
    name: `${publicName(key ?? prefix)}:${operation}`,
    protocol: 'json',
    operation: operationOf(service, operation),
    contentType: service?.protocol === 'json-1.0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
    input: () => decodeJson(body),
    encode: encodeJson,
    encodeError: encodeJsonError,
  }
}

function queryCall({ method, url, body, signedFor }: WireRequest, services: Services): WireCall {
  const form = method === 'POST' ? new URLSearchParams(body) : new URL(url, 'http://localhost').searchParams
  const { action, version, input } = decodeQuery(form)
  const sameVersion = Object.entries(services).filter(
    ([, service]) => service.protocol === 'query' && service.version === version,
  )
  const [key, service] = sameVersion.find(([, one]) => operationOf(one, action)) ?? sameVersion[0] ?? []
  const namespace = service?.protocol === 'query' ? service.xmlNamespace : 'http://webservices.amazon.com/'
  const called = action === '' ? `${method} ${url.split('?')[0] ?? '/'}` : action
  return {
    name: `${publicName(key ?? signedFor ?? 'unknown')}:${called}`,
    protocol: 'query',
    operation: operationOf(service, action),
    contentType: 'text/xml',
    input: () => input,
    encode: (output, requestId) => encodeQuery(action, namespace, output, requestId),
    encodeError: (error, requestId) => encodeQueryError(error, namespace, requestId),
  }
}
