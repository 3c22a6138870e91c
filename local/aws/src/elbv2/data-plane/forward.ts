import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'

import type { LoadBalancer, RegisteredTarget, TargetGroup } from '../model.ts'
import { requestHeaders, responseHeaders, type Way } from './forwarded-headers.ts'
import type { TrafficMetrics } from './traffic-metrics.ts'

/** How long an ALB waits for a target's connection (its own limit, HTTP 504 after it). Wall time: real traffic is not scaled. */
const connectMilliseconds = 10_000

/** May be upstream again when a kept connection turns out dead: nothing was changed by the first try (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** One request on its way to one target. */
export interface Forwarding {
  readonly loadBalancer: LoadBalancer
  readonly group: TargetGroup
  readonly chosen: RegisteredTarget
  readonly way: Way
  /** `Set-Cookie` values of stickiness. */
  readonly cookies: readonly string[]
}

/** Kept connections to targets, a pool for each target. */
export class TargetConnections {
  readonly #agents = new WeakMap<RegisteredTarget, Agent>()

  of(target: RegisteredTarget): Agent {
    let agent = this.#agents.get(target)
    if (!agent) {
      agent = new Agent({ keepAlive: true, maxSockets: Infinity, scheduling: 'lifo' })
      this.#agents.set(target, agent)
    }
    return agent
  }

  /** Closes what a target that is gone has left; only when no request is under way. */
  close(target: RegisteredTarget): void {
    this.#agents.get(target)?.destroy()
    this.#agents.delete(target)
  }
}

/** Streams a request to its target and the answer back; answers 502 or 504 as an ALB does when the target does not. */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  forwarding: Forwarding,
  connections: TargetConnections,
  metrics: TrafficMetrics,
): void {
  const { loadBalancer, group, chosen, way, cookies } = forwarding
  const hasBody =
    incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length'] ?? 0) > 0
  const idleMilliseconds = Number(loadBalancer.attributes.get('idle_timeout.timeout_seconds') ?? 60) * 1000
  const headers = requestHeaders(incoming.rawHeaders, way)
  let isOver = false
  let current: ClientRequest | undefined
  chosen.inFlight += 1
  const done = () => {
    if (isOver) return
    isOver = true
    chosen.inFlight -= 1
    if (chosen.inFlight === 0) chosen.onIdle?.()
  }
  const fail = (status: 502 | 504, isConnectionError: boolean) => {
    if (isOver) return
    done()
    metrics.failed(loadBalancer, group, status, isConnectionError)
    if (outgoing.headersSent) outgoing.destroy()
    else answerError(outgoing, status)
  }

  const attempt = () => {
    const started = performance.now()
    let isConnected = false
    const upstream = httpRequest({
      host: chosen.target.host,
      port: chosen.target.port,
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers,
      agent: connections.of(chosen),
      setHost: false,
    })
    const watch = setTimeout(() => {
      if (!isConnected) upstream.destroy(new Error('connect timeout'))
    }, connectMilliseconds)
    upstream.setTimeout(idleMilliseconds, () => upstream.destroy(new Error('idle timeout')))
    upstream.once('socket', (socket) => {
      const connected = () => {
        isConnected = true
        clearTimeout(watch)
      }
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    })
    upstream.on('response', (response) => {
      const status = response.statusCode ?? 502
      metrics.answered(loadBalancer, group, status, (performance.now() - started) / 1000)
      const back = responseHeaders(response.rawHeaders)
      for (const cookie of cookies) back.push('Set-Cookie', cookie)
      outgoing.writeHead(status, response.statusMessage, back)
      response.pipe(outgoing)
      response.once('end', done)
      response.once('close', () => {
        if (!response.complete) outgoing.destroy()
        done()
      })
    })
    upstream.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(watch)
      if (isOver || outgoing.headersSent) {
        done()
        return
      }
      const isDeadConnection = upstream.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      // As often as there are dead ones: a target that was away has left several, and a new connection is not a kept one.
      if (isDeadConnection && !hasBody && safeMethods.has(incoming.method ?? '')) {
        attempt()
        return
      }
      if (/timeout/.test(error.message)) fail(504, !isConnected)
      else fail(502, !isConnected || error.code === 'ECONNRESET')
    })
    current = upstream
    if (hasBody) incoming.pipe(upstream)
    else upstream.end()
  }
  outgoing.once('close', () => {
    // The client went away: so does its request.
    if (!outgoing.writableFinished) current?.destroy()
    if (current?.destroyed) done()
  })
  attempt()
}

const pages: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}

/** An ALB's own answer when there is no other. */
export function answerError(outgoing: ServerResponse, status: number): void {
  const title = `${status} ${pages[status] ?? 'Error'}`
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  outgoing.writeHead(status, {
    Server: 'awselb/2.0',
    'Content-Type': 'text/html',
    'Content-Length': Buffer.byteLength(page),
  })
  outgoing.end(page)
}
