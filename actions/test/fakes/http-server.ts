import { createServer, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'

/** What a fake answers: a status, and a body that is JSON unless it is bytes. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request as fakes see it. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly bytes: Buffer
  json(): Record<string, unknown>
}

/** Serves a fake on a free port of this machine until the test ends. Gives its origin. */
export async function serve(answer: (request: Request) => Answer | Promise<Answer>): Promise<string> {
  const server = createServer((incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const bytes = Buffer.concat(chunks)
      const url = new URL(incoming.url ?? '/', 'http://localhost')
      const { status, body, headers } = await answer({
        method: incoming.method ?? 'GET',
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers: incoming.headers,
        bytes,
        json: () => JSON.parse(bytes.toString() || '{}') as Record<string, unknown>,
      })
      const isBytes = body instanceof Uint8Array
      response.writeHead(status, {
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
        ...headers,
      })
      response.end(isBytes ? body : body === undefined ? undefined : JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address == null || typeof address === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${address.port}`
}
