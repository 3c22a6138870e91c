import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, publish, signIn } from './client.ts'
import { startDatabases } from './running-registry.ts'
import type { Databases, RunningRegistry } from './running-registry.ts'

let databases: Databases
let server: RunningRegistry

beforeAll(async () => {
  databases = await startDatabases(1)
  server = await databases.start()
})
afterAll(async () => databases.close())

it('counts answers from memory and from routes, under the release', async () => {
  const { url } = server
  await publish(url, await signIn(url, 'alice'), '@alice/counted', '1.0.0')
  for (let turn = 0; turn < 3; turn += 1) await call(`${url}/@alice/counted`)
  const { body } = await call<string>(`${url}/metrics`)
  expect(body).toMatch(
    /registry_requests_total\{route="memory",method="GET",status="200",version="development",commit="unknown"\} [1-9]/,
  )
  expect(body).toContain('registry_coherent{')
})
