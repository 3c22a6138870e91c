import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'

import { type Header, pack } from 'tar-stream'

import type { ImageConfig, UnpackedImage } from '../../src/runtime/task-runtime.ts'

const cache = join(tmpdir(), `sluice-test-image-${process.version}-${process.arch}`)

/** An entry of a layer: what tar-stream takes, and a file's text. */
export type Entry = Partial<Header> & { readonly name: string } & { readonly text?: string }

/** A layer of a few entries, gzipped. */
export async function smallLayer(folder: string, entries: readonly Entry[]): Promise<UnpackedImage['layers'][number]> {
  const tar = pack()
  for (const { text, ...header } of entries) tar.entry(header, text ?? '')
  tar.finalize()
  const bytes = gzipSync(Buffer.concat(await Array.fromAsync(tar as AsyncIterable<Buffer>)))
  const hash = createHash('sha256').update(bytes).digest('hex')
  const file = join(folder, hash)
  writeFileSync(file, bytes)
  return { file, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${hash}` }
}

/** An image that holds Node.js at /usr/local/bin/node, its libraries, and `entries` in a layer above. */
export async function nodeImage(
  folder: string,
  config: ImageConfig = {},
  entries: readonly Entry[] = [],
): Promise<UnpackedImage> {
  const layers = [await nodeLayer(), await smallLayer(folder, [{ name: 'app', type: 'directory' }, ...entries])]
  const digest = `sha256:${createHash('sha256').update(JSON.stringify(layers)).digest('hex')}`
  const defaults = { User: '65532:65532', WorkingDir: '/app', Entrypoint: ['/usr/local/bin/node'] }
  return { reference: `local/test@${digest}`, digest, config: { ...defaults, ...config }, layers }
}

async function nodeLayer(): Promise<UnpackedImage['layers'][number]> {
  const file = join(cache, 'node.tar')
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true })
    const draft = `${file}.${process.pid}`
    const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? [])
    const tar = pack()
    const written = pipeline(tar, createWriteStream(draft))
    for (const [from, name] of [[process.execPath, '/usr/local/bin/node'], ...libraries.map((path) => [path, path])]) {
      if (from === undefined || name === undefined) continue
      const entry = tar.entry({ name: name.slice(1), mode: 0o755, size: statSync(from).size })
      await pipeline(createReadStream(from), entry)
    }
    tar.finalize()
    await written
    renameSync(draft, file)
  }
  return { file, mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: 'sha256:0' }
}
