import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createEcr } from '../../src/ecr/create-ecr.ts'
import type { Call } from '../../src/endpoint/service.ts'
import { smallLayer } from '../runtime/tiny-image.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-ecr-'))
const options = {
  account: '000000000000',
  region: 'us-east-1',
  stateFolder: join(folder, 'state'),
  now: () => new Date('2026-11-21T06:00:00Z'),
  advisories: () =>
    Promise.resolve({
      date: '2026-11-01',
      advisories: {
        lodash: [
          {
            id: 'GHSA-1',
            title: 'Prototype Pollution',
            severity: 'critical' as const,
            vulnerable_versions: '<4.17.12',
          },
        ],
      },
    }),
}
const ecr = createEcr(options)
let server: Server
let url: string

const digestOf = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const authorization = `Basic ${Buffer.from('AWS:any').toString('base64')}`
const v2 = (method: string, path: string, body?: Buffer | string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v2/${path}`, { method, headers: { authorization, ...headers }, ...(body == null ? {} : { body }) })
const call = async <Output>(operation: string, input: object) => {
  const run = ecr.service.operations[operation]
  if (!run) throw new Error(`no ${operation}`)
  return (await run(input as never, { endpoint: url } as Call)) as Output
}
const errorCode = async (response: Response) =>
  ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code

async function pushBlob(repository: string, bytes: Buffer): Promise<{ digest: string; size: number }> {
  const digest = digestOf(bytes)
  const pushed = await v2('POST', `${repository}/blobs/uploads/?digest=${digest}`, bytes)
  expect(pushed.status).toBe(201)
  return { digest, size: bytes.length }
}

async function imageManifest(repository: string, note: string, entries: Parameters<typeof smallLayer>[1] = []) {
  const layer = await smallLayer(folder, [{ name: note, type: 'directory' }, ...entries])
  const config = await pushBlob(repository, Buffer.from(JSON.stringify({ config: { Cmd: [note] } })))
  const pushed = await pushBlob(repository, readFileSync(layer.file))
  return JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: layer.mediaType, ...pushed }],
  })
}

beforeAll(async () => {
  server = createServer((request, response) => void ecr.distribution(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await call('CreateRepository', { repositoryName: 'team/app' })
  await call('CreateRepository', { repositoryName: 'other' })
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

describe('the distribution API', () => {
  it('asks for Basic authentication', async () => {
    const response = await fetch(`${url}/v2/`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /)
    expect((await v2('GET', '')).status).toBe(200)
  })

  it('takes a blob in chunks and gives back ranges of it', async () => {
    const bytes = Buffer.from('0123456789')
    const begun = await v2('POST', 'team/app/blobs/uploads/')
    expect(begun.status).toBe(202)
    const upload = (begun.headers.get('location') ?? '').replace('/v2/', '')
    const first = await v2('PATCH', upload, bytes.subarray(0, 4), { 'content-range': '0-3' })
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-3'])
    const gap = await v2('PATCH', upload, bytes.subarray(6), { 'content-range': '6-9' })
    expect(gap.status).toBe(416)
    await v2('PATCH', upload, bytes.subarray(4, 6))
    const ended = await v2('PUT', `${upload}?digest=${digestOf(bytes)}`, bytes.subarray(6))
    expect([ended.status, ended.headers.get('docker-content-digest')]).toEqual([201, digestOf(bytes)])
    const blob = `team/app/blobs/${digestOf(bytes)}`
    expect((await v2('HEAD', blob)).headers.get('content-length')).toBe('10')
    const part = await v2('GET', blob, undefined, { range: 'bytes=2-4' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await (await v2('GET', blob, undefined, { range: 'bytes=7-' })).text()).toBe('789')
    expect((await v2('GET', blob, undefined, { range: 'bytes=10-' })).status).toBe(416)
  })

  it('refuses a blob with another digest, and keeps nothing of it', async () => {
    const digest = digestOf('what was promised')
    const pushed = await v2('POST', `team/app/blobs/uploads/?digest=${digest}`, 'what came')
    expect([pushed.status, await errorCode(pushed)]).toEqual([400, 'DIGEST_INVALID'])
    expect((await v2('HEAD', `team/app/blobs/${digest}`)).status).toBe(404)
  })

  it('mounts a blob of another repository, and begins an upload for what nobody has', async () => {
    const { digest } = await pushBlob('team/app', Buffer.from('shared'))
    expect((await v2('POST', `other/blobs/uploads/?mount=${digest}&from=team/app`)).status).toBe(201)
    expect((await v2('POST', `other/blobs/uploads/?mount=${digestOf('none')}&from=team/app`)).status).toBe(202)
  })

  it('gives a manifest back byte for byte, by tag and by digest, until it is deleted', async () => {
    const text = await imageManifest('team/app', 'first')
    const put = await v2('PUT', 'team/app/manifests/v1', text, {
      'content-type': 'application/vnd.oci.image.manifest.v1+json',
    })
    expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, digestOf(text)])
    for (const reference of ['v1', digestOf(text)]) {
      const found = await v2('GET', `team/app/manifests/${reference}`)
      expect(await found.text()).toBe(text)
      expect(found.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json')
    }
    expect(await (await v2('GET', 'team/app/tags/list')).json()).toEqual({ name: 'team/app', tags: ['v1'] })
    expect((await v2('DELETE', 'team/app/manifests/v1')).status).toBe(202)
    expect((await v2('HEAD', 'team/app/manifests/v1')).status).toBe(404)
    expect((await v2('HEAD', `team/app/manifests/${digestOf(text)}`)).status).toBe(200)
  })

  it.each<[what: string, reference: string, text: string, code: string]>([
    ['no JSON', 'v9', '{', 'MANIFEST_INVALID'],
    ['another digest', digestOf('x'), '{}', 'DIGEST_INVALID'],
    [
      'blobs that were not pushed',
      'v9',
      JSON.stringify({ config: { digest: digestOf('missing'), size: 1 } }),
      'MANIFEST_BLOB_UNKNOWN',
    ],
  ])('refuses a manifest with %s', async (_, reference, text, code) => {
    const put = await v2('PUT', `team/app/manifests/${reference}`, text)
    expect([put.status, await errorCode(put)]).toEqual([400, code])
    expect((await v2('HEAD', `team/app/manifests/${reference}`)).status).toBe(404)
  })

  it('names a repository that is not there', async () => {
    const response = await v2('GET', 'nobody/manifests/v1')
    expect([response.status, await errorCode(response)]).toEqual([404, 'NAME_UNKNOWN'])
  })

  it('lists what refers to an image', async () => {
    const text = await imageManifest('team/app', 'subject')
    await v2('PUT', 'team/app/manifests/subject', text)
    const empty = await pushBlob('team/app', Buffer.from('{}'))
    const signature = JSON.stringify({
      artifactType: 'application/x-signature',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', ...empty },
      layers: [],
      subject: { digest: digestOf(text) },
    })
    const put = await v2('PUT', `team/app/manifests/${digestOf(signature)}`, signature)
    expect(put.headers.get('oci-subject')).toBe(digestOf(text))
    const index = (await (await v2('GET', `team/app/referrers/${digestOf(text)}`)).json()) as { manifests: object[] }
    expect(index.manifests).toMatchObject([{ digest: digestOf(signature), artifactType: 'application/x-signature' }])
  })
})

describe('ECR', () => {
  it.each([
    ['v1', true],
    ['cache', false],
  ])('holds tag %s of an immutable repository fast: %s', async (tag, isHeld) => {
    const repositoryName = `immutable-${tag}`
    await call('CreateRepository', {
      repositoryName,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'cache*' }],
    })
    const [first, second] = [await imageManifest(repositoryName, 'a'), await imageManifest(repositoryName, 'b')]
    await call('PutImage', { repositoryName, imageManifest: first, imageTag: tag })
    const again = call('PutImage', { repositoryName, imageManifest: first, imageTag: tag })
    await expect(again).rejects.toMatchObject({ code: 'ImageAlreadyExistsException' })
    const put = v2('PUT', `${repositoryName}/manifests/${tag}`, second)
    expect((await put).status).toBe(isHeld ? 400 : 201)
    const { imageDetails } = await call<{ imageDetails: { imageDigest: string }[] }>('DescribeImages', {
      repositoryName,
      imageIds: [{ imageTag: tag }],
    })
    expect(imageDetails[0]?.imageDigest).toBe(digestOf(isHeld ? first : second))
  })

  it('finds the vulnerable packages in the layers of an image', async () => {
    const manifest = (name: string, version: string) => JSON.stringify({ name, version })
    const text = await imageManifest('team/app', 'scanned', [
      { name: 'app/node_modules/lodash/package.json', text: manifest('lodash', '4.17.11') },
      { name: 'app/node_modules/a/node_modules/lodash/package.json', text: manifest('lodash', '4.17.21') },
      { name: 'app/node_modules/@scope/b/package.json', text: manifest('@scope/b', '1.0.0') },
      { name: 'app/node_modules/c/test/package.json', text: manifest('lodash', '1.0.0') },
    ])
    await v2('PUT', 'team/app/manifests/scanned', text)
    const image = { repositoryName: 'team/app', imageId: { imageTag: 'scanned' } }
    await expect(call('DescribeImageScanFindings', image)).rejects.toMatchObject({ code: 'ScanNotFoundException' })
    await call('StartImageScan', image)
    const findings = () => call<Scan>('DescribeImageScanFindings', image)
    await expect.poll(async () => (await findings()).imageScanStatus.status).toBe('COMPLETE')
    const { imageScanFindings, imageScanStatus } = await findings()
    expect(imageScanStatus.description).toBe('3 npm packages matched against the advisories of 2026-11-01.')
    expect(imageScanFindings?.findingSeverityCounts).toEqual({ CRITICAL: 1 })
    expect(imageScanFindings?.findings).toMatchObject([{ name: 'GHSA-1', severity: 'CRITICAL' }])
  })

  it.each([
    ['*', 'COMPLETE'],
    ['team/*', 'COMPLETE'],
    ['app', 'COMPLETE'],
    ['other/*', 'ScanNotFoundException'],
  ])('scans what is pushed where the registry says so: filter %s, then %s', async (filter, expected) => {
    await call('CreateRepository', { repositoryName: 'team/app' }).catch(() => undefined)
    const text = await imageManifest('team/app', `pushed under ${filter}`)
    await call('PutRegistryScanningConfiguration', {
      scanType: 'BASIC',
      rules: [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter, filterType: 'WILDCARD' }] }],
    })
    await v2('PUT', `team/app/manifests/${digestOf(text)}`, text)
    await call('PutRegistryScanningConfiguration', { rules: [] })
    const image = { repositoryName: 'team/app', imageId: { imageDigest: digestOf(text) } }
    const state = () =>
      call<Scan>('DescribeImageScanFindings', image).then(
        ({ imageScanStatus }) => imageScanStatus.status,
        (error: { code: string }) => error.code,
      )
    await expect.poll(state).toBe(expected)
  })
})

interface Scan {
  readonly imageScanStatus: { readonly status: string; readonly description: string }
  readonly imageScanFindings?: { readonly findings: readonly object[]; readonly findingSeverityCounts: object }
}
