import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { s3Types } from '../../src/cloudformation/s3-types.ts'
import { createCallLog } from '../../src/endpoint/call-log.ts'
import { createSessions } from '../../src/endpoint/sessions.ts'
import { createS3 } from '../../src/s3/create-s3.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-s3-'))
const place = { account: '000000000000', region: 'us-east-1' }
const clock = { offset: 0 }
const now = () => new Date(Date.now() + clock.offset)
const sessions = createSessions(place.account, () => new Date())
const log = createCallLog(join(folder, 'calls.jsonl'), now)
const s3 = createS3({ ...place, stateFolder: folder, sessions, log, now })
const server = createServer((request, response) => {
  void s3.answer(request, response).then((done) => done || response.writeHead(418).end())
})
const clientOf = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
  new S3Client({ region: place.region, endpoint, credentials, maxAttempts: 1 })
let endpoint = ''
let client: S3Client
const Bucket = 'artifacts'

const makeBucket = async () => {
  const context = { generated: 'x', existing: undefined, before: undefined, ...place }
  return s3Types(s3)['AWS::S3::Bucket']?.({ BucketName: Bucket }, context)
}

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = clientOf(sessions.administrator)
  await makeBucket()
})
afterAll(() => {
  client.destroy()
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

const put = async (Key: string, text: string) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(text), ChecksumAlgorithm: 'SHA256' }))
const read = async (Key: string) => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

describe("S3's own client", () => {
  it('puts and reads any key, with the headers that were given', async () => {
    const Key = 'registry/ab/ü & <x> ../../etc +%2F'
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: Buffer.from('bytes\n\0'),
        CacheControl: 'immutable',
        ContentType: 'a/b',
      }),
    )
    expect(await read(Key)).toBe('bytes\n\0')
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }))
    expect(head).toMatchObject({ ContentLength: 7, CacheControl: 'immutable', ContentType: 'a/b' })
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'registry/' }))
    expect(Contents?.map(({ Key: found }) => found)).toEqual([Key])
  })

  it('is told what is not there by 404', async () => {
    await expect(read('missing')).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'missing' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    })
    await expect(client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'a' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    })
  })

  it('is refused where it expects the bucket of another account', async () => {
    const write = (ExpectedBucketOwner: string) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'owned', Body: Buffer.from('bytes'), ExpectedBucketOwner }))
    await expect(write('999999999999')).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    })
    await expect(read('owned')).rejects.toMatchObject({ name: 'NoSuchKey' })
    await write(place.account)
    expect(await read('owned')).toBe('bytes')
  })

  it('lists page by page below a prefix, and deletes one or many', async () => {
    for (const name of ['a', 'b', 'c']) await put(`pages/${name}`, name)
    const keys: string[] = []
    let token: string | undefined
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket, Prefix: 'pages/', MaxKeys: 2, ContinuationToken: token }),
      )
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
      token = page.NextContinuationToken
    } while (token != null)
    expect(keys).toEqual(['pages/a', 'pages/b', 'pages/c'])
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'pages/a' }))
    const Objects = [{ Key: 'pages/b' }]
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'pages/' }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['pages/c'])
  })

  it('reads by a signed URL until that has expired', async () => {
    await put('signed', 'bytes')
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'signed' }), { expiresIn: 60 })
    expect(await (await fetch(url)).text()).toBe('bytes')
    clock.offset = 120_000
    const late = await fetch(url)
    clock.offset = 0
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')])
  })

  it('is refused a body that is not what its checksum says', async () => {
    const url = new URL(await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'torn' })))
    const headers = { 'x-amz-checksum-sha256': 'AAAA' }
    const answer = await fetch(url, { method: 'PUT', body: 'torn', headers })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('BadDigest')])
    await expect(read('torn')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  it('is told what is not covered', async () => {
    await expect(client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringMatching(
        /sluice's local S3 does not cover POST \/artifacts\/big\?uploads.*: it covers PutObject/,
      ),
    })
  })

  it('is refused with a key that nobody has', async () => {
    const stranger = clientOf({ accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' })
    await expect(stranger.send(new GetObjectCommand({ Bucket, Key: 'signed' }))).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    })
    stranger.destroy()
  })
})

it('has the buckets of templates, however often they are deployed', async () => {
  const attributes = { Arn: 'arn:aws:s3:::artifacts', DomainName: 'artifacts.s3.amazonaws.com' }
  expect(await makeBucket()).toMatchObject({ ref: Bucket, attributes })
})

it('logs what a role asks for', async () => {
  const arn = 'arn:aws:sts::000000000000:assumed-role/task/1'
  const role = clientOf(sessions.open({ arn, expiresAt: new Date(Date.now() + 600_000) }))
  await role.send(new PutObjectCommand({ Bucket, Key: 'registry/a', Body: 'x' }))
  await role.send(new HeadObjectCommand({ Bucket, Key: 'registry/a' }))
  role.destroy()
  const calls = readFileSync(log.file, 'utf8').trim().split('\n').slice(-2)
  const object = 'arn:aws:s3:::artifacts/registry/a'
  expect(calls.map((line) => JSON.parse(line) as object)).toMatchObject([
    { principal: arn, operation: 's3:PutObject', asks: [{ action: 's3:PutObject', resource: object }] },
    {
      operation: 's3:HeadObject',
      asks: [
        { action: 's3:GetObject', resource: object },
        { action: 's3:ListBucket', resource: 'arn:aws:s3:::artifacts' },
      ],
    },
  ])
})

it('leaves requests that are signed for others alone', async () => {
  expect((await fetch(`${endpoint}/v2/`)).status).toBe(418)
})
