import type { AwsError } from '../service.ts'

/** AWS JSON 1.0 and 1.1: times are seconds since 1970, bytes are base64. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(toWire(value)) ?? '{}'
}

/** The input of a JSON call; no body means no input. Throws a `SyntaxError`. */
export function decodeJson(body: string): unknown {
  return body === '' ? {} : (JSON.parse(body) as unknown)
}

export function encodeJsonError(error: AwsError): string {
  // SDKs read `message`, older clients `Message`; both are on the wire of real services.
  return JSON.stringify({ __type: error.code, message: error.message, Message: error.message })
}

function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toWire)
  if (value == null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]))
}
