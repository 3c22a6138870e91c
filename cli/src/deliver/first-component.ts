import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/** What the people of the local production install all day: one component, published once through the load balancer. */
export const firstComponent = '@acme/button'

/** A tar archive of one small file, as `npm pack` would make it; 512-byte blocks (POSIX ustar). */
function archive(name: string, content: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512)
  body.write(content)
  return Buffer.concat([header, body, Buffer.alloc(1024)])
}

/** The publish request that npm would send for the component (research: component-registry 2a). */
export function publishRequest(): { readonly path: string; readonly body: string } {
  const manifest = { name: firstComponent, version: '1.0.0', description: 'A button.' }
  const tarball = gzipSync(archive('package/package.json', JSON.stringify(manifest)))
  const dist = {
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
    tarball: `http://localhost/${firstComponent}/-/button-1.0.0.tgz`,
  }
  const body = {
    _id: firstComponent,
    name: firstComponent,
    description: manifest.description,
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { ...manifest, _id: `${firstComponent}@1.0.0`, dist } },
    access: 'public',
    _attachments: {
      'button-1.0.0.tgz': {
        content_type: 'application/octet-stream',
        data: tarball.toString('base64'),
        length: tarball.length,
      },
    },
  }
  return { path: `/${firstComponent.replace('/', '%2f')}`, body: JSON.stringify(body) }
}

/** Publishes the component, unless it is there. Throws with the registry's answer when it refuses. */
export async function publishFirstComponent(url: string, token: string): Promise<void> {
  const { path, body } = publishRequest()
  const response = await fetch(new URL(path, url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  })
  if (!response.ok && response.status !== 409) {
    throw new Error(`publishing ${firstComponent} to ${url} was answered ${response.status}: ${await response.text()}`)
  }
}

/** Registers the user `acme`, who may publish below `@acme/`. Gives the token. Throws with the registry's answer. */
export async function registerPublisher(url: string): Promise<string> {
  const name = firstComponent.split('/')[0]?.slice(1) ?? ''
  const response = await fetch(new URL(`/-/user/org.couchdb.user:${name}`, url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name,
      password: randomBytes(18).toString('base64url'),
      email: `${name}@example.test`,
      type: 'user',
      roles: [],
    }),
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`registering ${name} at ${url} was answered ${response.status}: ${body}`)
  return (JSON.parse(body) as { token: string }).token
}
