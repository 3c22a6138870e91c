import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { App } from './app.ts'

export interface Listening {
  readonly url: string
  readonly port: number
  /**
   * Ends without a failed request: `ready` is 503 at once, answers carry `Connection: close`, new connections are taken for the
   * grace (a load balancer needs it to notice), then no more; what is in flight ends; what is idle is closed.
   */
  drain(): Promise<void>
}

/** Well below ECS's `stopTimeout` of 30 seconds: after it comes SIGKILL. */
const inFlightMs = 20_000

/** @throws Error when the port is in use or may not be bound */
export async function listen(
  app: App,
  { host, port, graceMs, log }: { host: string; port: number; graceMs: number; log: Logger },
): Promise<Listening> {
  try {
    await app.fastify.listen({ host, port })
  } catch (cause) {
    throw new Error(
      `cannot listen on ${host}:${port} (${(cause as { code?: string }).code ?? String(cause)}): set PORT to a free one`,
      { cause },
    )
  }
  const address = app.server.address()
  const bound = address && typeof address === 'object' ? address.port : port
  return {
    port: bound,
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${bound}`,
    drain: async () => {
      log.info({ graceMs }, 'draining')
      app.beginDraining()
      await sleep(graceMs)
      await closeServer(app.server, log)
      await app.fastify.close()
    },
  }
}

async function closeServer(server: Server, log: Logger): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // A connection that was answering a moment ago may be idle now and would keep the server open.
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  const late = setTimeout(() => {
    log.warn('requests were still in flight after the time limit: closing their connections')
    server.closeAllConnections()
  }, inFlightMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}
