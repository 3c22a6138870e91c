import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assembleImage } from '@sluice/core/image/service-image'
import { expect, it } from 'vitest'
import { fakeRegistry } from '../fakes/registry-server.ts'
import { readImageLabels } from '../../src/registry/artifact-registry.ts'
import { layerCache } from '../../src/registry/layer-cache.ts'
import { writeLayer } from '../../src/registry/layer-tar.ts'
import { pushImage } from '../../src/registry/push-image.ts'
import { isLoopback, registryClient } from '../../src/registry/registry-client.ts'

const authorization = 'Basic dGVzdA=='

async function anImage(commit = 'f'.repeat(40)) {
  const cache = layerCache(mkdtempSync(join(tmpdir(), 'sluice-cache-')))
  const base = await cache.layer(['base'], (file) => writeLayer([{ path: 'usr/bin/node', text: 'node' }], file))
  const sources = await cache.layer([commit], (file) => writeLayer([{ path: 'srv/main.ts', text: commit }], file))
  const config = { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers' as const, diff_ids: [] } }
  const image = assembleImage({
    base: { name: 'local-base', layers: [base], config },
    layers: [sources],
    run: { command: ['node', 'main.ts'], environment: {}, ports: [] },
    workingDirectory: '/srv',
    commit,
    committedAt: '2026-11-20T12:00:00.000Z',
    version: '1.0.0',
    source: 'https://github.com/acme/sluice',
  })
  return { cache, image }
}

it('pushes by digest, tags by the commit, and gives the labels back', async () => {
  const registry = await fakeRegistry(authorization)
  const client = registryClient(registry.host, authorization)
  const { image, cache } = await anImage()
  const pushed = await pushImage(client, 'web', image, 'v1', cache)
  expect(pushed.wasThere).toBe(false)
  expect([...registry.manifests.keys()].sort()).toEqual([image.digest, 'v1'])
  expect(await readImageLabels(client, 'web', image.digest)).toMatchObject({
    'org.opencontainers.image.revision': 'f'.repeat(40),
  })
})

it('uploads nothing when the image is there, and only what is new for the next one', async () => {
  const registry = await fakeRegistry(authorization)
  const client = registryClient(registry.host, authorization)
  const first = await anImage()
  await pushImage(client, 'web', first.image, 'v1', first.cache)
  expect(await pushImage(client, 'web', first.image, 'v1', first.cache)).toEqual({ uploadedBytes: 0, wasThere: true })
  const uploads = () => registry.requests.filter((request) => request.startsWith('PUT /v2/web/blobs')).length
  const before = uploads()
  const second = await anImage('e'.repeat(40))
  await pushImage(client, 'web', second.image, 'v2', second.cache)
  expect(uploads() - before).toBe(2)
})

it('never moves a tag that stands', async () => {
  const registry = await fakeRegistry(authorization)
  const client = registryClient(registry.host, authorization)
  const [first, second] = [await anImage(), await anImage('e'.repeat(40))]
  await pushImage(client, 'web', first.image, 'v1', first.cache)
  await pushImage(client, 'web', second.image, 'v1', second.cache)
  expect(await client.findManifest('web', 'v1')).toBe(first.image.digest)
})

it('outlasts an outage of the registry', async () => {
  const registry = await fakeRegistry(authorization)
  const { image, cache } = await anImage()
  registry.outage = 2
  await pushImage(registryClient(registry.host, authorization), 'web', image, 'v1', cache)
  expect(registry.manifests.has(image.digest)).toBe(true)
})

it('says which request the registry refused, and sends no manifest after a refused blob', async () => {
  const registry = await fakeRegistry(authorization)
  const { image, cache } = await anImage()
  const push = pushImage(registryClient(registry.host, 'Basic d3Jvbmc='), 'web', image, 'v1', cache)
  await expect(push).rejects.toThrow(
    `HEAD http://${registry.host}/v2/web/manifests/${image.digest}: expected status 200 or 404, found 401`,
  )
  expect(registry.manifests.size).toBe(0)
})

it.each([
  ['127.0.0.1:5000', true],
  ['localhost', true],
  ['[::1]:80', true],
  ['127.0.0.1.example.org', false],
  ['999999999999.dkr.ecr.us-east-1.amazonaws.com', false],
])('speaks plain HTTP to %s: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
