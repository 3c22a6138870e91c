import type { ObjectInfo } from './object-store.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
const unescaped = (text: string) =>
  text
    .replaceAll(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_, hex: string | undefined, decimal: string | undefined) =>
      String.fromCodePoint(hex == null ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replaceAll(
      /&(?:lt|gt|quot|apos|amp);/g,
      (entity) => Object.entries(entities).find(([, one]) => one === entity)?.[0] ?? entity,
    )

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
const document = (text: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${text}`
const element = (name: string, value: string | number | boolean) => `<${name}>${escaped(String(value))}</${name}>`

export function encodeError(code: string, message: string, requestId: string): string {
  return document(
    `<Error>${element('Code', code)}${element('Message', message)}${element('RequestId', requestId)}</Error>`,
  )
}

/** One page of ListObjectsV2. */
export function encodeList(page: {
  readonly bucket: string
  readonly prefix: string
  readonly maxKeys: number
  readonly objects: readonly ObjectInfo[]
  readonly next?: string | undefined
}): string {
  const contents = page.objects.map(
    ({ key, size, modified, etag }) =>
      `<Contents>${element('Key', key)}${element('LastModified', modified.toISOString())}${element('ETag', etag)}${element('Size', size)}${element('StorageClass', 'STANDARD')}</Contents>`,
  )
  const head = [
    element('Name', page.bucket),
    element('Prefix', page.prefix),
    element('KeyCount', page.objects.length),
    element('MaxKeys', page.maxKeys),
    element('IsTruncated', page.next != null),
    ...(page.next == null ? [] : [element('NextContinuationToken', page.next)]),
  ]
  return document(`<ListBucketResult xmlns="${namespace}">${head.join('')}${contents.join('')}</ListBucketResult>`)
}

/** The keys of a DeleteObjects request, and whether the answer leaves out what was deleted. */
export function decodeDelete(body: string): { readonly keys: string[]; readonly isQuiet: boolean } {
  return {
    keys: [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => unescaped(key)),
    isQuiet: /<Quiet>\s*true\s*<\/Quiet>/i.test(body),
  }
}

export function encodeDeleted(keys: readonly string[]): string {
  const deleted = keys.map((key) => `<Deleted>${element('Key', key)}</Deleted>`)
  return document(`<DeleteResult xmlns="${namespace}">${deleted.join('')}</DeleteResult>`)
}
