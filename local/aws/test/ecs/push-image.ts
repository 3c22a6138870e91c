import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { UnpackedImage } from '../../src/runtime/task-runtime.ts'

/** Pushes an image by the distribution API, as docker would; returns its digest. */
export async function pushImage(endpoint: string, repository: string, image: UnpackedImage): Promise<string> {
  const authorization = `Basic ${Buffer.from('AWS:anything').toString('base64')}`
  const send = async (path: string, method: string, body: Uint8Array<ArrayBuffer> | string, contentType: string) => {
    const response = await fetch(`${endpoint}/v2/${repository}/${path}`, {
      method,
      body,
      headers: { authorization, 'content-type': contentType },
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  }
  const blob = async (bytes: Buffer, mediaType: string) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    await send(`blobs/uploads/?digest=${digest}`, 'POST', new Uint8Array(bytes), 'application/octet-stream')
    return { mediaType, digest, size: bytes.length }
  }
  const layers = []
  for (const { file, mediaType } of image.layers) layers.push(await blob(await readFile(file), mediaType))
  const diffIds = await Promise.all(image.layers.map(({ file }) => hashOf(file)))
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: diffIds },
  }
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: await blob(Buffer.from(JSON.stringify(config)), 'application/vnd.oci.image.config.v1+json'),
    layers,
  })
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`
  await send(`manifests/${digest}`, 'PUT', manifest, mediaType)
  return digest
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return `sha256:${hash.digest('hex')}`
}
