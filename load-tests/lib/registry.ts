import { check } from 'k6'
import encoding from 'k6/encoding'
import http from 'k6/http'

/** What the run reads: a component that is there, or none when the registry is empty and nothing may be published. */
export interface Subject {
  readonly name?: string
  readonly tarball?: string
}

const base = (__ENV['BASE_URL'] || 'http://127.0.0.1:4873').replace(/\/$/, '')

// A registry answers 404 to what it does not hold, and 401 where reading needs a token: answers, not failures.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 401, 404))

const token = __ENV['REGISTRY_TOKEN']
const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}

/** Publishes a component when REGISTRY_TOKEN allows it, else finds one. Runs once, before the load. */
export function findSubject(): Subject {
  if (token) publish('sluice-load-test', token)
  const named = __ENV['PACKAGE'] || (token ? 'sluice-load-test' : firstFound())
  if (!named) return {}
  const response = http.get(`${base}/${encodeURIComponent(named)}`, { headers, tags: { name: 'packument' } })
  if (response.status !== 200) return {}
  const { versions = {}, 'dist-tags': tags = {} } = response.json() as unknown as Packument
  const tarball = versions[tags['latest'] ?? '']?.dist?.tarball
  return tarball == null ? { name: named } : { name: named, tarball: onBase(tarball) }
}

interface Packument {
  readonly versions?: Record<string, { readonly dist?: { readonly tarball?: string } }>
  readonly 'dist-tags'?: Record<string, string>
}

function firstFound(): string | undefined {
  const response = http.get(`${base}/-/v1/search?text=&size=1`, { headers, tags: { name: 'search' } })
  if (response.status !== 200) return undefined
  const { objects = [] } = response.json() as unknown as { objects?: ReadonlyArray<{ package?: { name?: string } }> }
  return objects[0]?.package?.name
}

/** The tarball under the address that is tested: a packument may name the one that clients use. */
function onBase(url: string): string {
  return base + url.replace(/^https?:\/\/[^/]+/, '')
}

/** The smallest package that a registry takes: a tar, gzipped, that holds `package/package.json`. */
const tarball = {
  data: 'H4sIAAAAAAACA+3JsQrCMBRG4TxKyGxjAk0G3ybUINWalKZ1Kb67UQfBWUTwfMu5/HcM3Skc4nZ8Vh9LTuLDTOXb9tHqvcY497rvu7XOeyGN+IKlzGGSUvypVaVwjmqnyrD0XWyGHPbNHMusNuoSp9LnVJ9WG23UVQAAAAAAAAAAAAAAAAAAfsUN5X6JzAAoAAA=',
  shasum: 'bdc0ab2c27a219c30be531352f93b8ebd7166c64',
  integrity: 'sha512-rsDjwX++uOubbwNPX51uivRd+ZMgtkmkIdteMSsD5czTj99+DWGp9/qvVR0h+6BNNOAcHBvgnBLK5lLiGKpYFA==',
}

/** npm's publish document. A second publish of the same version answers 403 or 409. */
function publish(name: string, token: string): void {
  const version = '1.0.0'
  const { data, shasum, integrity } = tarball
  const dist = { tarball: `${base}/${name}/-/${name}-${version}.tgz`, shasum, integrity }
  const document = {
    _id: name,
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { _id: `${name}@${version}`, name, version, dist } },
    _attachments: {
      [`${name}-${version}.tgz`]: {
        content_type: 'application/octet-stream',
        data,
        length: encoding.b64decode(data, 'std').byteLength,
      },
    },
  }
  http.put(`${base}/${name}`, JSON.stringify(document), {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    responseCallback: http.expectedStatuses({ min: 200, max: 299 }, 403, 409),
    tags: { name: 'publish' },
  })
}

/** One client's work: it asks whether the registry is ready, reads a component's versions and fetches one. */
export function visit({ name, tarball }: Subject): void {
  const answers = {
    ready: http.get(`${base}/health/ready`, { tags: { name: 'ready' } }),
    packument: http.get(`${base}/${encodeURIComponent(name ?? 'sluice-load-test-absent')}`, {
      headers,
      tags: { name: 'packument' },
    }),
    ...(tarball == null
      ? {}
      : { tarball: http.get(tarball, { headers, tags: { name: 'tarball' }, responseType: 'none' }) }),
  }
  check(answers, {
    'is ready': ({ ready }) => ready.status === 200,
    'packument is answered': ({ packument }) => (name == null ? [401, 404] : [200]).includes(packument.status),
    ...(tarball == null ? {} : { 'tarball is served': (all: typeof answers) => all.tarball?.status === 200 }),
  })
}
