import type { ImageConfig, ImageStore, UnpackedImage } from '../runtime/task-runtime.ts'
import type { BlobStore } from './blob-store.ts'
import type { Manifest, Repositories } from './repositories.ts'

/** Images as runtimes and scans take them: the configuration, and the layers' files. */
export function createUnpackedImages({ blobs, repositories }: { blobs: BlobStore; repositories: Repositories }): {
  readonly images: ImageStore
  /** Throws when the manifest is no image of one platform. */
  readonly unpack: (name: string, digest: string, host?: string) => Promise<UnpackedImage>
} {
  const unpack = async (name: string, digest: string, host = ''): Promise<UnpackedImage> => {
    const manifest = JSON.parse((await blobs.read(digest)).toString('utf8')) as Manifest
    if (!manifest.config || !manifest.layers) throw new Error(`${name}@${digest} is no image for one platform`)
    const config = JSON.parse((await blobs.read(manifest.config.digest)).toString('utf8')) as { config?: ImageConfig }
    return {
      reference: `${host}/${name}@${digest}`,
      digest,
      config: config.config ?? {},
      layers: manifest.layers.map((layer) => ({
        file: blobs.file(layer.digest),
        mediaType: layer.mediaType,
        digest: layer.digest,
      })),
    }
  }

  const images: ImageStore = {
    image: async (reference) => {
      const { host, name, wanted } = splitReference(reference)
      const digest = repositories.resolve(name, wanted)
      if (digest == null) {
        throw new Error(
          `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`,
        )
      }
      return unpack(name, digest, host)
    },
  }
  return { images, unpack }
}

/** `host/repository@digest`, `host/repository:tag` or `host/repository`, which means `latest`. */
function splitReference(reference: string): { host: string; name: string; wanted: string } {
  const {
    host = '',
    name = '',
    wanted = 'latest',
  } = /^(?<host>[^/]*)\/(?<name>[^@:]+)(?:[@:](?<wanted>.+))?$/.exec(reference)?.groups ?? {}
  return { host, name, wanted }
}
