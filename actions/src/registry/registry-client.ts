import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { mediaTypes, type Descriptor } from '@sluice/core/image/oci'

/** The OCI distribution API 1.1 of one registry, as much of it as building and copying images needs. */
export interface RegistryClient {
  readonly host: string
  hasBlob(repository: string, digest: string): Promise<boolean>
  readBlob(repository: string, digest: string): Promise<Response>
  uploadBlob(repository: string, blob: Descriptor, content: Uint8Array | { file: string }): Promise<void>
  /** The digest of a manifest by tag or digest, or nothing where there is none. */
  findManifest(repository: string, reference: string): Promise<string | undefined>
  readManifest(repository: string, reference: string): Promise<Uint8Array>
  writeManifest(repository: string, reference: string, mediaType: string, manifest: Uint8Array): Promise<void>
}

/** Milliseconds before the next attempt, when one more is worth it. */
const backoff = [200, 800, 3200]
const manifestTypes = [mediaTypes.manifest, mediaTypes.index, mediaTypes.dockerManifest, mediaTypes.dockerList].join(
  ', ',
)

/**
 * A client of the registry at `host`. `authorization` is a whole header value (`Basic …` for ECR) or absent for a public
 * registry, whose token is fetched when it is asked for. Plain HTTP is spoken to this machine alone. Throttling, outages and
 * broken connections are tried again with backoff and jitter; every call may be repeated.
 */
export function registryClient(host: string, authorization?: string): RegistryClient {
  const origin = `${isLoopback(host) ? 'http' : 'https'}://${host}`
  const tokens = new Map<string, string>()

  async function send(repository: string, path: string, init: Init = {}, expected = [200]): Promise<Response> {
    const url = new URL(path, origin)
    for (let attempt = 0; ; attempt++) {
      const response = await request(repository, url, init)
      if (response && expected.includes(response.status)) return response
      if (response?.status === 401 && authorization == null && !tokens.has(repository)) {
        tokens.set(repository, await anonymousToken(response, repository))
        continue
      }
      const pause = backoff[attempt]
      if ((response && response.status < 500 && response.status !== 429) || pause == null) {
        throw new Error(
          `${init.method ?? 'GET'} ${url.href}: expected status ${expected.join(' or ')}, ` +
            `found ${response ? `${response.status} ${(await response.text()).slice(0, 500)}` : 'no answer'}`,
        )
      }
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
    }
  }

  async function request(repository: string, url: URL, init: Init): Promise<Response | undefined> {
    const token = tokens.get(repository)
    const bearer = authorization ?? (token == null ? undefined : `Bearer ${token}`)
    // A redirect (blobs often lie in S3) must not carry the authorization to another host: fetch drops it there.
    const headers = { ...init.headers, ...(bearer == null || url.origin !== origin ? {} : { authorization: bearer }) }
    const body = init.body?.()
    try {
      return await fetch(url, {
        method: init.method ?? 'GET',
        headers,
        ...(body == null ? {} : { body, duplex: 'half' }),
      } as RequestInit)
    } catch (error) {
      if (isConnectionFailure(error)) return undefined
      throw error
    }
  }

  return {
    host,
    async hasBlob(repository, digest) {
      const response = await send(repository, `/v2/${repository}/blobs/${digest}`, { method: 'HEAD' }, [200, 404])
      return response.status === 200
    },
    readBlob: (repository, digest) => send(repository, `/v2/${repository}/blobs/${digest}`),
    async uploadBlob(repository, { digest, size }, content) {
      if (await this.hasBlob(repository, digest)) return
      const begun = await send(repository, `/v2/${repository}/blobs/uploads/`, { method: 'POST' }, [202])
      const location = begun.headers.get('location')
      if (location == null) throw new Error(`POST ${begun.url}: expected a location header, found none`)
      const target = new URL(location, begun.url || origin)
      target.searchParams.set('digest', digest)
      await send(
        repository,
        target.href,
        {
          method: 'PUT',
          headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
          body: () => (content instanceof Uint8Array ? content : Readable.toWeb(createReadStream(content.file))),
        },
        [201],
      )
    },
    async findManifest(repository, reference) {
      const path = `/v2/${repository}/manifests/${reference}`
      const response = await send(repository, path, { method: 'HEAD', headers: { accept: manifestTypes } }, [200, 404])
      return response.status === 200 ? (response.headers.get('docker-content-digest') ?? undefined) : undefined
    },
    async readManifest(repository, reference) {
      const path = `/v2/${repository}/manifests/${reference}`
      return (await send(repository, path, { headers: { accept: manifestTypes } })).bytes()
    },
    async writeManifest(repository, reference, mediaType, manifest) {
      const path = `/v2/${repository}/manifests/${reference}`
      await send(
        repository,
        path,
        { method: 'PUT', headers: { 'content-type': mediaType }, body: () => manifest },
        [201],
      )
    },
  }
}

interface Init {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew for every attempt. */
  readonly body?: () => unknown
}

/** Whether a registry's host is this machine, the only one spoken to without TLS. */
export function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?$/.test(host)
}

/** The token that a public registry asks for (distribution specification, token authentication). */
async function anonymousToken(refusal: Response, repository: string): Promise<string> {
  const challenge = refusal.headers.get('www-authenticate') ?? ''
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1]
  if (!/^bearer /i.test(challenge) || realm == null) {
    throw new Error(`GET ${refusal.url}: expected a registry that can be read, found 401 ${challenge}`)
  }
  const url = new URL(realm)
  const service = /service="([^"]+)"/.exec(challenge)?.[1]
  if (service != null) url.searchParams.set('service', service)
  url.searchParams.set('scope', `repository:${repository}:pull`)
  const response = await fetch(url)
  const answer = (await response.json()) as { token?: string; access_token?: string }
  const token = answer.token ?? answer.access_token
  if (!response.ok || token == null) throw new Error(`GET ${url.href}: expected a token, found ${response.status}`)
  return token
}

function isConnectionFailure(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'fetch failed'
}

/** Checks that a blob on disk is the one its descriptor names, by size. */
export async function hasFile(file: string, size: number): Promise<boolean> {
  try {
    return (await stat(file)).size === size
  } catch {
    return false
  }
}
