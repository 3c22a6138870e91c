import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { SignatureV4 } from '@smithy/signature-v4'

/** What a service that answers AWS's JSON 1.0 protocol is called with. */
export interface JsonService {
  /** `https://host` or, on one machine, `http://host:port`. */
  readonly endpoint: string
  readonly region: string
  /** The name that requests are signed with. */
  readonly signingName: string
  /** What stands before an operation's name in `X-Amz-Target`. */
  readonly target: string
  readonly credentials: () => Promise<{
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }>
  readonly userAgent: string
}

export type JsonCall = (operation: string, input: object) => Promise<unknown>

/** One attempt; a region that is lost must not keep its askers for long. */
const attemptMilliseconds = 5000
const attempts = 4

/**
 * Calls a service for which npm has no client (ARC Region switch: no `@aws-sdk/client-arc-region-switch` in 2026-11): signed, and
 * tried again with backoff and jitter when it is throttled, fails itself or cannot be reached. Throws an `Error` named as AWS names it.
 */
export function signedJson(service: JsonService, random: () => number = Math.random): JsonCall {
  const { credentials, region, signingName } = service
  const signer = new SignatureV4({ credentials, region, service: signingName, sha256: Sha256 })
  return async (operation, input) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(signer, service, operation, JSON.stringify(input))
      } catch (error) {
        if (attempt === attempts || !isTransient(error)) throw error
        // Full jitter (AWS Builders' Library: "Timeouts, retries, and backoff with jitter").
        await wait(random() * 200 * 2 ** attempt)
      }
    }
  }
}

async function send(
  signer: SignatureV4,
  { endpoint, target, userAgent }: JsonService,
  operation: string,
  body: string,
): Promise<unknown> {
  const { protocol, hostname, port, host } = new URL(endpoint)
  const { headers } = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: '/',
    query: {},
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${target}.${operation}`,
      'x-amz-user-agent': userAgent,
    },
    body,
  })
  const response = await fetch(endpoint, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(attemptMilliseconds),
  })
  const text = await response.text()
  if (response.ok) return text === '' ? {} : (JSON.parse(text) as unknown)
  throw refusal(operation, response, text)
}

/** An answer that is no success, in AWS's words. */
class AwsRefusal extends Error {
  readonly status: number
  readonly $metadata: { readonly requestId: string | undefined; readonly attempts: number }

  constructor(name: string, message: string, status: number, requestId: string | undefined) {
    super(message)
    this.name = name
    this.status = status
    this.$metadata = { requestId, attempts: 1 }
  }
}

function refusal(operation: string, response: Response, text: string): AwsRefusal {
  let body: { __type?: string; message?: string; Message?: string } = {}
  try {
    body = JSON.parse(text) as typeof body
  } catch {
    // A proxy or load balancer answered in its own words.
  }
  const name = (response.headers.get('x-amzn-errortype') ?? body.__type ?? 'UnknownError').split(/[:#]/)
  const type = name.find((part) => /(Exception|Error)$/.test(part)) ?? name.at(-1) ?? 'UnknownError'
  const said = body.message ?? body.Message ?? (text.slice(0, 200) || response.statusText)
  const requestId = response.headers.get('x-amzn-requestid') ?? undefined
  return new AwsRefusal(type, `${operation}: ${said}`, response.status, requestId)
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof AwsRefusal)) return true
  return error.status === 429 || error.status >= 500 || /Throttl|TooManyRequests|RetryableConflict/.test(error.name)
}

/** Node's SHA-256 in the shape that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret == null ? createHash('sha256') : createHmac('sha256', bytes(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
