import { createHash } from 'node:crypto'
import { packTarball } from '../acceptance/tarball.ts'

export interface Reply<T = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

export interface CallOptions {
  readonly method?: string
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One request; the body is parsed where it is JSON, else text. */
export async function call<T = Record<string, unknown>>(url: string, options: CallOptions = {}): Promise<Reply<T>> {
  const { method = 'GET', token, body, headers = {} } = options
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T }
}

export async function signIn(url: string, name: string, password = `${name} has a password`): Promise<string> {
  const { status, body } = await call<{ token: string }>(`${url}/-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    body: { name, password, email: `${name}@example.test`, type: 'user', roles: [] },
  })
  if (status !== 201) throw new Error(`expected ${name} to sign in, found ${status}: ${JSON.stringify(body)}`)
  return body.token
}

export interface PackageOptions {
  readonly tag?: string
  readonly access?: string
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, string>>
}

/** The document that npm sends to publish. */
export function publishDocument(name: string, version: string, options: PackageOptions = {}) {
  const { tag = 'latest', access = 'public', manifest = {}, files = {} } = options
  const tarball = packTarball({ 'package.json': JSON.stringify({ name, version, ...manifest }), ...files })
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  return {
    _id: name,
    name,
    access,
    'dist-tags': { [tag]: version },
    versions: { [version]: { name, version, ...manifest, dist: { integrity } } as Record<string, unknown> },
    _attachments: {
      [`${name}-${version}.tgz`]: {
        content_type: 'application/octet-stream',
        data: tarball.toString('base64'),
        length: tarball.length,
      },
    } as Record<string, Record<string, unknown>>,
  }
}

export function publish(
  url: string,
  token: string,
  name: string,
  version: string,
  options: PackageOptions = {},
): Promise<Reply> {
  return call(`${url}/${name.replace('/', '%2f')}`, {
    method: 'PUT',
    token,
    body: publishDocument(name, version, options),
  })
}
