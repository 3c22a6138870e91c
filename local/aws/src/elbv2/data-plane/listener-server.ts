import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import type { Action, Listener, TargetGroup } from '../model.ts'
import { chooseRule } from './choose-rule.ts'
import { chooseTarget, chooseTargetGroup } from './choose-target.ts'
import { answerError, forward, type TargetConnections } from './forward.ts'
import { stickyCookie, stickyGroup } from './stickiness.ts'
import type { TrafficMetrics } from './traffic-metrics.ts'

/** What a listener works with. */
export interface ListenerPorts {
  readonly targetGroup: (arn: string) => TargetGroup | undefined
  readonly connections: TargetConnections
  readonly metrics: TrafficMetrics
  readonly random: () => number
  readonly now: () => Date
}

/** A listener's own HTTP server on 127.0.0.1. Rejects when the port is taken. */
export async function serveListener(
  port: number,
  listener: () => Listener | undefined,
  ports: ListenerPorts,
): Promise<Server> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000 }, (incoming, outgoing) => {
    const found = listener()
    if (found) route(found, incoming, outgoing, ports)
    else answerError(outgoing, 503)
  })
  // As an ALB's idle timeout, with a margin over the clients' own.
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, resolve)
  })
  server.removeAllListeners('error')
  server.on('error', () => undefined)
  return server
}

function route(listener: Listener, incoming: IncomingMessage, outgoing: ServerResponse, ports: ListenerPorts): void {
  const rule = chooseRule(listener.rules, {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers: incoming.headers,
    sourceAddress: incoming.socket.remoteAddress ?? '',
  })
  const action = rule?.action
  if (action === undefined) answerError(outgoing, 503)
  else if (action.type === 'fixed-response') {
    incoming.resume()
    outgoing.writeHead(action.status, {
      Server: 'awselb/2.0',
      'Content-Type': `${action.contentType}; charset=utf-8`,
      'Content-Length': Buffer.byteLength(action.body),
    })
    outgoing.end(action.body)
  } else if (action.type === 'redirect') {
    incoming.resume()
    outgoing.writeHead(action.status, {
      Server: 'awselb/2.0',
      Location: location(action, listener, incoming),
      'Content-Length': 0,
    })
    outgoing.end()
  } else forwardByWeight(action, listener, incoming, outgoing, ports)
}

function forwardByWeight(
  action: Extract<Action, { type: 'forward' }>,
  listener: Listener,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  ports: ListenerPorts,
): void {
  const { loadBalancer } = listener
  const sticky = action.stickySeconds === undefined ? undefined : stickyGroup(action, incoming.headers.cookie)
  const arn = sticky ?? chooseTargetGroup(action.targetGroups, ports.random())
  const group = arn === undefined ? undefined : ports.targetGroup(arn)
  const chosen = group && chooseTarget(group)
  if (!group || !chosen) {
    incoming.resume()
    ports.metrics.rejected(loadBalancer, 503)
    answerError(outgoing, 503)
    return
  }
  const cookies = action.stickySeconds === undefined ? [] : stickyCookie(group.arn, action.stickySeconds)
  const way = {
    clientAddress: incoming.socket.remoteAddress ?? '127.0.0.1',
    protocol: 'http',
    port: listener.port,
    now: ports.now().getTime(),
  }
  forward(incoming, outgoing, { loadBalancer, group, chosen, way, cookies }, ports.connections, ports.metrics)
}

/** ELB user guide, "Redirect actions": #{protocol}, #{host}, #{port}, #{path}, #{query} keep what the request had. */
function location(
  action: Extract<Action, { type: 'redirect' }>,
  listener: Listener,
  incoming: IncomingMessage,
): string {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?')
  const values: Readonly<Record<string, string>> = {
    protocol: 'http',
    host: (incoming.headers.host ?? '').replace(/:\d+$/, ''),
    port: String(listener.port),
    path: path.slice(1),
    query: query.join('?'),
  }
  const fill = (text: string) => text.replaceAll(/#\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  const asked = fill(action.query)
  return `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}${fill(action.path)}${asked && `?${asked}`}`
}
