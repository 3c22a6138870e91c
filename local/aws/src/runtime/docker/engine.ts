import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import { json, text } from 'node:stream/consumers'

/** Where an engine listens: a socket's path, or a host and port. */
export type EngineAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** An answer of the engine that is no success; `status` is HTTP's. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * Docker's Engine API, without a version in the path: the engine's own. What goes over the socket is in no argument list and in
 * no file, so that secrets may.
 */
export class Engine {
  readonly #address: EngineAddress

  constructor(address: EngineAddress) {
    this.#address = address
  }

  /** A call with a JSON answer. Rejects with an EngineError. */
  async call<Answer>(method: string, path: string, body?: object, timeoutMilliseconds?: number): Promise<Answer> {
    const response = await this.#send(method, path, body === undefined ? undefined : JSON.stringify(body), {
      'Content-Type': 'application/json',
      timeoutMilliseconds,
    })
    if (response.statusCode === 204 || response.statusCode === 304) {
      response.resume()
      return undefined as Answer
    }
    return (await json(response)) as Answer
  }

  /** Sends a tar. Rejects with what the engine says against it. */
  async upload(path: string, content: Readable): Promise<void> {
    const response = await this.#send('POST', path, content, { 'Content-Type': 'application/x-tar' })
    const said = await text(response)
    const failed = /"error":"((?:[^"\\]|\\.)*)"/.exec(said)?.[1]
    if (failed !== undefined) throw new EngineError(500, failed)
  }

  /** A stream that lasts, such as a container's output. */
  stream(method: string, path: string): Promise<IncomingMessage> {
    return this.#send(method, path, undefined, {})
  }

  #send(
    method: string,
    path: string,
    body: string | Readable | undefined,
    options: { readonly 'Content-Type'?: string; readonly timeoutMilliseconds?: number | undefined },
  ): Promise<IncomingMessage> {
    const { timeoutMilliseconds, ...headers } = options
    return new Promise((resolve, reject) => {
      const sent: ClientRequest = request({ ...this.#address, method, path, headers, agent: false }, (response) => {
        const status = response.statusCode ?? 0
        if (status < 400) resolve(response)
        else text(response).then((said) => reject(new EngineError(status, messageOf(said))), reject)
      })
      sent.once('error', reject)
      if (timeoutMilliseconds !== undefined) {
        sent.setTimeout(timeoutMilliseconds, () =>
          sent.destroy(new Error(`no answer within ${timeoutMilliseconds} ms`)),
        )
      }
      if (body === undefined || typeof body === 'string') sent.end(body)
      else {
        body.once('error', (cause) => sent.destroy(cause))
        body.pipe(sent)
      }
    })
  }
}

function messageOf(said: string): string {
  try {
    return (JSON.parse(said) as { message: string }).message
  } catch {
    return said.trim()
  }
}
