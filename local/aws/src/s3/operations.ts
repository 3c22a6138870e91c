import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AwsError } from '../endpoint/service.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'
import { decodeDelete, encodeDeleted, encodeList } from './xml.ts'

export interface S3Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body?: string | Buffer
}

interface Exchange {
  readonly store: ObjectStore
  readonly body: Buffer
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
}

/** One operation on what a request names. */
export interface S3Operation {
  /** As IAM writes it, or would. */
  readonly name: string
  run(exchange: Exchange): Promise<S3Answer>
  /** The actions that IAM is asked for, with what they are asked on. */
  asks(body: Buffer): Array<readonly [action: string, on: { readonly Bucket: string; readonly Key?: string }]>
}

const xml = { 'content-type': 'application/xml' }
/** As many keys as a page of S3's has at most. */
const largestPage = 1000

/** The operation behind a method and a path (`/bucket/key`), still encoded; none where it is not covered. */
export function findOperation(method: string, pathname: string, query: URLSearchParams): S3Operation | undefined {
  const [, Bucket = '', path = ''] = /^\/([^/]+)(?:\/(.*))?$/.exec(pathname) ?? []
  if (Bucket === '' || Bucket.startsWith('.')) return undefined
  if (path === '') {
    if (method === 'GET' && query.get('list-type') === '2') return listObjects(Bucket)
    return method === 'POST' && query.has('delete') ? deleteObjects(Bucket) : undefined
  }
  // Multipart uploads, tags, ACLs and copies have a name in the query, or a header, of their own.
  if (['uploads', 'uploadId', 'tagging', 'acl', 'attributes'].some((name) => query.has(name))) return undefined
  const on = { Bucket, Key: decodeURIComponent(path) }
  if (method === 'PUT') return putObject(on)
  if (method === 'GET' || method === 'HEAD') return getObject(method, on)
  return method === 'DELETE' ? deleteObject(on) : undefined
}

interface Place {
  readonly Bucket: string
  readonly Key: string
}

function putObject(on: Place): S3Operation {
  return {
    name: 's3:PutObject',
    asks: () => [['s3:PutObject', on]],
    run: async ({ store, body, headers }) => {
      await expectBucket(store, on.Bucket)
      if (headers['x-amz-copy-source'] != null || /aws-chunked/.test(String(headers['content-encoding'])))
        throw new AwsError('NotImplemented', "sluice's local S3 does not cover copies and bodies in signed chunks", 501)
      const wanted = headers['x-amz-checksum-sha256']
      if (wanted != null && wanted !== createHash('sha256').update(body).digest('base64'))
        throw new AwsError('BadDigest', 'The SHA256 you specified did not match the calculated checksum.')
      const kept = ['content-type', 'cache-control', 'content-encoding', 'content-disposition']
      const given = Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
          typeof value === 'string' && (kept.includes(name) || name.startsWith('x-amz-meta-')) ? [[name, value]] : [],
        ),
      )
      const { etag } = await store.put(on.Bucket, on.Key, body, given)
      return { status: 200, headers: { etag } }
    },
  }
}

function getObject(method: 'GET' | 'HEAD', on: Place): S3Operation {
  return {
    name: method === 'GET' ? 's3:GetObject' : 's3:HeadObject',
    // Without the right to list, S3 answers 403 for what is not there: a caller that is to be told needs both.
    asks: () => [
      ['s3:GetObject', on],
      ['s3:ListBucket', { Bucket: on.Bucket }],
    ],
    run: async ({ store }) => {
      await expectBucket(store, on.Bucket)
      const found = await store.get(on.Bucket, on.Key)
      if (!found) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404)
      const headers = {
        'content-type': 'binary/octet-stream',
        ...found.headers,
        'content-length': found.size,
        'last-modified': found.modified.toUTCString(),
        etag: found.etag,
      }
      return { status: 200, headers, body: found.bytes }
    },
  }
}

function deleteObject(on: Place): S3Operation {
  return {
    name: 's3:DeleteObject',
    asks: () => [['s3:DeleteObject', on]],
    run: async ({ store }) => {
      await expectBucket(store, on.Bucket)
      await store.remove(on.Bucket, on.Key)
      return { status: 204, headers: {} }
    },
  }
}

function deleteObjects(Bucket: string): S3Operation {
  return {
    name: 's3:DeleteObjects',
    asks: (body) => decodeDelete(body.toString('utf8')).keys.map((Key) => ['s3:DeleteObject', { Bucket, Key }]),
    run: async ({ store, body }) => {
      await expectBucket(store, Bucket)
      const { keys, isQuiet } = decodeDelete(body.toString('utf8'))
      if (keys.length === 0 || keys.length > largestPage)
        throw new AwsError('MalformedXML', `expected 1 to ${largestPage} keys, found ${keys.length}`)
      for (const key of keys) await store.remove(Bucket, key)
      return { status: 200, headers: xml, body: encodeDeleted(isQuiet ? [] : keys) }
    },
  }
}

function listObjects(Bucket: string): S3Operation {
  return {
    name: 's3:ListObjectsV2',
    asks: () => [['s3:ListBucket', { Bucket }]],
    run: async ({ store, query }) => {
      await expectBucket(store, Bucket)
      if (query.has('delimiter'))
        throw new AwsError('NotImplemented', "sluice's local S3 does not cover delimiters", 501)
      const prefix = query.get('prefix') ?? ''
      const maxKeys = Math.min(Number(query.get('max-keys') ?? largestPage), largestPage)
      // The token is the last key that was given.
      const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString('utf8')
      const keys = (await store.keys(Bucket, prefix)).filter(
        (key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
      )
      const page = keys.slice(0, maxKeys)
      const objects: ObjectInfo[] = []
      for (const key of page) {
        const found = await store.get(Bucket, key)
        if (found) objects.push(found)
      }
      const next = keys.length > page.length ? Buffer.from(page.at(-1) ?? '').toString('base64url') : undefined
      return { status: 200, headers: xml, body: encodeList({ bucket: Bucket, prefix, maxKeys, objects, next }) }
    },
  }
}

async function expectBucket(store: ObjectStore, bucket: string): Promise<void> {
  if (!(await store.hasBucket(bucket)))
    throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404)
}
