import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { readServedRelease } from '../../src/deliver/served-release.ts'

it.each([
  [
    200,
    'up 1\nnodejs_version_info{version="v24",major="24"} 1\nrequests{route="/",version="1.4.0",commit="abc"} 3',
    { version: '1.4.0', commit: 'abc' },
  ],
  [200, '# HELP version="1",commit="2"\nup{other_version="1",commit="2"} 1', undefined],
  [404, 'requests{version="1",commit="2"} 3', undefined],
])('%i with %j is the release %j', async (status, text, expected) => {
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/metrics' ? status : 500).end(text),
  )
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const found = await readServedRelease(`http://127.0.0.1:${port}`)
  server.closeAllConnections()
  server.close()
  expect(found).toEqual(expected)
})
