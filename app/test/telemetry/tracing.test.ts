import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startTracing } from '../../src/telemetry/tracing.ts'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly boolValue?: boolean }
}
interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly Attribute[]
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

const exports: Export[] = []
/** What an OpenTelemetry collector is for the exporter: it takes OTLP as JSON. */
const collector = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.url === '/v1/traces') exports.push(JSON.parse(Buffer.concat(chunks).toString()) as Export)
    response.setHeader('content-type', 'application/json').end('{}')
  })
})
let databases: Databases

beforeAll(async () => {
  databases = await startDatabases(1)
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await databases.close()
  collector.close()
})

it('is off unless an endpoint is named', async () => {
  expect(await startTracing(readConfig({}))).toBeUndefined()
})

it('sends a span for the request, the cache and each shard query, below the trace of the caller', async () => {
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, SLUICE_RELEASE_VERSION: '1.2.3' }
  const stop = await startTracing(readConfig(environment))
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  const server = await databases.start(environment)
  await publish(server.url, await signIn(server.url, 'alice'), '@alice/traced', '1.0.0')
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }
  await call(`${server.url}/@alice/traced?write=true`, { headers })
  await server.close()
  await stop?.()

  const resources = exports.flatMap(({ resourceSpans }) => resourceSpans)
  expect(JSON.stringify(resources[0]?.resource.attributes)).toContain('"1.2.3"')
  const spans = resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  const own = spans.filter((span) => span.traceId === traceId)
  const request = own.find(({ name }) => name === 'GET /:scope(^@[^/]+)/:name')
  const cache = own.find(({ name }) => name === 'cache')
  const query = own.find(({ name }) => name.startsWith('shard SELECT'))
  expect(request?.parentSpanId).toBe('b7ad6b7169203331')
  expect(cache?.parentSpanId).toBe(request?.spanId)
  expect(query?.parentSpanId).toBe(cache?.spanId)
  expect(query?.attributes.find(({ key }) => key === 'db.namespace')?.value.stringValue).toMatch(/^shard_\d$/)
  expect(spans.some(({ name }) => name === 'shard BEGIN')).toBe(true)
  expect(JSON.stringify(spans)).not.toMatch(/alice has a password|slu_/)
})
