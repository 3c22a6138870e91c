import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { arch } from 'node:os'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { pack } from 'tar-stream'

import { layerDecompressors } from '../layer-media-type.ts'
import type { UnpackedImage } from '../task-runtime.ts'

/** The archive that `docker load` reads: a configuration, the layers as they are, and a manifest that names them. */
export async function imageArchive(image: UnpackedImage, tag: string): Promise<Readable> {
  const diffIds = await Promise.all(image.layers.map(({ file, mediaType }) => diffId(file, mediaType)))
  const config = JSON.stringify({
    architecture: arch() === 'x64' ? 'amd64' : arch(),
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: diffIds },
  })
  const Config = `${createHash('sha256').update(config).digest('hex')}.json`
  const Layers = image.layers.map((_, index) => `layer-${index}.tar`)
  const tar = pack()
  const write = async () => {
    tar.entry({ name: Config }, config)
    for (const [index, { file }] of image.layers.entries()) {
      const entry = tar.entry({ name: Layers[index] ?? '', size: (await stat(file)).size })
      await pipeline(createReadStream(file), entry)
    }
    tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config, RepoTags: [tag], Layers }]))
    tar.finalize()
  }
  write().catch((cause: unknown) => tar.destroy(cause as Error))
  return tar as unknown as Readable
}

/** The digest of a layer's tar, uncompressed, by which engines know it. */
async function diffId(file: string, mediaType: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline([createReadStream(file), ...layerDecompressors(mediaType), hash])
  return `sha256:${hash.digest('hex')}`
}
