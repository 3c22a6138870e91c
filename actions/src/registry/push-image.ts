import { mediaTypes, type Layer } from '@sluice/core/image/oci'
import type { AssembledImage } from '@sluice/core/image/service-image'
import type { LayerCache } from './layer-cache.ts'
import type { RegistryClient } from './registry-client.ts'

/** What a push did. */
export interface PushOutcome {
  /** Bytes that the registry did not have. */
  readonly uploadedBytes: number
  /** The image was there before, by digest. */
  readonly wasThere: boolean
}

/**
 * Pushes an image by digest: missing blobs, then the manifest, so that a killed push leaves nothing that can be pulled.
 * Tags it by its commit for people and for lifecycle rules (ECR expires untagged images first); a tag that stands is never
 * moved. Reads the digest back, and throws when the registry's is another.
 */
export async function pushImage(
  registry: RegistryClient,
  repository: string,
  image: AssembledImage,
  tag: string,
  cache: LayerCache,
): Promise<PushOutcome> {
  const wasThere = (await registry.findManifest(repository, image.digest)) === image.digest
  let uploadedBytes = 0
  if (!wasThere) {
    const upload = async (layer: Layer): Promise<void> => {
      if (await registry.hasBlob(repository, layer.digest)) return
      await registry.uploadBlob(repository, layer, { file: cache.blobFile(layer.digest) })
      uploadedBytes += layer.size
    }
    await Promise.all(image.layers.map(upload))
    const config = { mediaType: mediaTypes.config, digest: image.configDigest, size: image.config.length }
    await registry.uploadBlob(repository, config, image.config)
    await registry.writeManifest(repository, image.digest, mediaTypes.manifest, image.manifest)
  }
  if ((await registry.findManifest(repository, tag)) == null) {
    await registry.writeManifest(repository, tag, mediaTypes.manifest, image.manifest)
  }
  const found = await registry.findManifest(repository, image.digest)
  if (found !== image.digest) {
    throw new Error(
      `${registry.host}/${repository}: expected ${image.digest} after the push, found ${found ?? 'nothing'}`,
    )
  }
  return { uploadedBytes, wasThere }
}
