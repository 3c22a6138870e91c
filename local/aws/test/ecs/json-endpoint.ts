import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsError, type AwsService } from '../../src/endpoint/service.ts'
import { call } from './fakes.ts'

/** One service of JSON 1.1 behind HTTP, no more than a client needs: seconds for times, AWS's shape for errors. */
export async function serveJson(service: AwsService) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const name = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(inSeconds(body))
    try {
      const operation = service.operations[name]
      if (!operation) throw new AwsError('UnknownOperationException', name)
      const input: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}')
      answer(200, await operation(input as never, call))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      answer(error.status, { __type: error.code, message: error.message })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** JSON with dates as seconds since the epoch. */
function inSeconds(body: unknown): string {
  return JSON.stringify(body, function replace(this: Record<string, unknown>, key: string, value: unknown) {
    const raw = this[key]
    return raw instanceof Date ? raw.getTime() / 1000 : value
  })
}
