import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'
import { endTasks, startTask } from '../task-process.ts'

/** A container's credentials endpoint on a busy machine, and a bucket that knows as much of S3 as one artifact needs. */
const seen: string[] = []
const objects = new Map<string, Buffer>()
const server: Server = createServer(async (request, response) => {
  const { method = '', url = '' } = request
  const path = url.split('?')[0] ?? ''
  seen.push(`${method} ${path}`)
  if (path === '/credentials') {
    await sleep(1500)
    const Expiration = new Date(Date.now() + 3600_000).toISOString()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ AccessKeyId: 'id', SecretAccessKey: 'secret', Token: 'token', Expiration }))
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (method === 'PUT') objects.set(path, Buffer.concat(chunks))
  const object = objects.get(path)
  response.statusCode = object ? 200 : 404
  response.end(method === 'GET' ? object : undefined)
})
let databases: Databases
let address: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  databases = await startDatabases(1)
})
afterAll(async () => {
  endTasks()
  await databases.close()
  server.closeAllConnections()
  server.close()
})

it('a task takes its credentials before it says that it is ready: its first artifact waits for nothing', async () => {
  const task = await startTask({
    DATABASE_URLS: databases.urls.join(','),
    REGISTRY_SELF_REGISTRATION: 'own-scope',
    ARTIFACTS: 's3://artifacts/registry',
    S3_ENDPOINT: address,
    AWS_REGION: 'us-east-1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${address}/credentials`,
  })
  expect(seen).toEqual(['GET /credentials'])
  const token = await signIn(task.url, 'cleo')
  expect((await publish(task.url, token, '@cleo/first', '1.0.0')).status).toBe(201)
  expect((await fetch(`${task.url}/@cleo/first/-/first-1.0.0.tgz`)).status).toBe(200)
  expect(seen.filter((each) => each === 'GET /credentials')).toHaveLength(1)
  expect(seen.some((each) => each.startsWith('PUT /artifacts/registry/'))).toBe(true)
  expect(await task.kill('SIGTERM')).toBe(0)
})

it('what a bucket gives back is never served when it is not what was put there', async () => {
  const environment = { ARTIFACTS: 's3://artifacts/spoiled', S3_ENDPOINT: address, CACHE_BYTES: '0' }
  const task = await startTask({
    ...environment,
    DATABASE_URLS: databases.urls.join(','),
    REGISTRY_SELF_REGISTRATION: 'own-scope',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
  })
  const token = await signIn(task.url, 'cleo')
  expect((await publish(task.url, token, '@cleo/spoiled', '1.0.0')).status).toBe(201)
  for (const path of objects.keys()) if (path.includes('/spoiled/')) objects.set(path, Buffer.from('something else'))
  const tarball = await fetch(`${task.url}/@cleo/spoiled/-/spoiled-1.0.0.tgz`)
  expect(tarball.status).toBe(500)
  expect(await tarball.text()).not.toContain('something else')
  expect(await task.kill('SIGTERM')).toBe(0)
})
