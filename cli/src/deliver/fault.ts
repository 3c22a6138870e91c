import type { Fault } from './options.ts'

/** Where `--fault` puts its change; the service's entry imports it first. */
export const faultFile = 'src/fault.ts'

const inProduction = "process.env['SLUICE_ENVIRONMENT'] === 'prod'"
/** Reads of what people have published: what acceptance tests, which publish under a scope of their own, do not touch. */
const realReads = "(request.url ?? '').startsWith('/@acme')"

const onRequest = (
  condition: string,
  body: string,
) => `import { Server, type IncomingMessage, type ServerResponse } from 'node:http'

const emit = Server.prototype.emit
Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]): boolean {
  if (event !== 'request') return emit.call(this, event, ...args)
  const [request, response] = args as [IncomingMessage, ServerResponse]
  if (!(${condition})) return emit.call(this, event, ...args)
  ${body}
}
`

/**
 * The source of a change that misbehaves. `errors` and `latency` show themselves in production alone and only to real reads,
 * so that tests and load tests pass and the judge has to find them; the other two never get that far.
 */
export const faultSource: Readonly<Record<Fault, string>> = {
  errors: onRequest(
    `${inProduction} && ${realReads} && Math.random() < 0.2`,
    `request.resume()
  response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"fault: errors"}')
  return true`,
  ),
  latency: onRequest(
    `${inProduction} && ${realReads} && Math.random() < 0.3`,
    `setTimeout(() => emit.call(this, event, ...args), 800)
  return true`,
  ),
  crash: `setTimeout(() => {
  throw new Error('fault: crash')
}, 300)
`,
  'never-healthy': onRequest(
    "(request.url ?? '').startsWith('/health/ready')",
    `response.writeHead(503).end()
  return true`,
  ),
}

/** The service's entry with the fault imported before anything else. */
export function withFault(entry: string): string {
  return `import './fault.ts'\n${entry}`
}
