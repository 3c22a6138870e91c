import { createHash } from 'node:crypto'
import { AwsError, type Call, type Operation } from '../../endpoint/service.ts'
import type { Manifest } from '../repositories.ts'
import { findDigest, type EcrContext, type ImageId } from './context.ts'

/** Images and their layers, as ECR's own API gives and takes them. */
export function imageOperations(context: EcrContext): Record<string, Operation> {
  const { account, repositories, blobs, scans } = context
  const tagsOf = (name: string, digest: string) =>
    Object.entries(repositories.get(name).tags).flatMap(([tag, one]) => (one === digest ? [tag] : []))
  return {
    ListImages: ({ repositoryName }: { repositoryName: string }) => {
      const { images: held } = repositories.get(repositoryName)
      return {
        imageIds: Object.keys(held).flatMap((digest) => {
          const tags = tagsOf(repositoryName, digest)
          return tags.length > 0
            ? tags.map((imageTag) => ({ imageDigest: digest, imageTag }))
            : [{ imageDigest: digest }]
        }),
      }
    },
    DescribeImages: ({ repositoryName, imageIds }: { repositoryName: string; imageIds?: readonly ImageId[] }) => {
      const { images: held } = repositories.get(repositoryName)
      const digests = imageIds ? imageIds.map((id) => findDigest(context, repositoryName, id)) : Object.keys(held)
      return {
        imageDetails: digests.map((digest) => {
          const finished = scans.get(repositoryName, digest)
          return {
            registryId: account,
            repositoryName,
            imageDigest: digest,
            imageTags: tagsOf(repositoryName, digest),
            imageSizeInBytes: held[digest]?.size,
            imagePushedAt: new Date(held[digest]?.pushedAt ?? 0),
            imageManifestMediaType: held[digest]?.mediaType,
            ...(finished ? { imageScanStatus: { status: finished.status, description: finished.description } } : {}),
          }
        }),
      }
    },
    BatchGetImage: async ({ repositoryName, imageIds }: { repositoryName: string; imageIds: readonly ImageId[] }) => {
      const repository = repositories.get(repositoryName)
      const failures: object[] = []
      const found = await Promise.all(
        imageIds.map(async (id) => {
          const digest = repositories.resolve(repositoryName, id.imageDigest ?? id.imageTag ?? '')
          if (digest == null) {
            failures.push({ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' })
            return []
          }
          return [
            {
              registryId: account,
              repositoryName,
              imageId: { ...id, imageDigest: digest },
              imageManifest: (await blobs.read(digest)).toString('utf8'),
              imageManifestMediaType: repository.images[digest]?.mediaType,
            },
          ]
        }),
      )
      return { images: found.flat(), failures }
    },
    PutImage: async (input: {
      repositoryName: string
      imageManifest: string
      imageManifestMediaType?: string
      imageTag?: string
    }) => {
      const bytes = Buffer.from(input.imageManifest)
      const mediaType =
        input.imageManifestMediaType ??
        (JSON.parse(input.imageManifest) as Manifest).mediaType ??
        'application/vnd.oci.image.manifest.v1+json'
      const held = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      if (repositories.resolve(input.repositoryName, input.imageTag ?? held) === held) {
        throw new AwsError(
          'ImageAlreadyExistsException',
          `Image with digest '${held}' and tag '${input.imageTag ?? 'null'}' already exists in the repository with name '${input.repositoryName}' in registry with id '${account}'`,
        )
      }
      const digest = await repositories.putManifest(input.repositoryName, bytes, mediaType, input.imageTag)
      return {
        image: {
          registryId: account,
          repositoryName: input.repositoryName,
          imageId: { imageDigest: digest, imageTag: input.imageTag },
          imageManifest: input.imageManifest,
        },
      }
    },
    BatchCheckLayerAvailability: async ({
      repositoryName,
      layerDigests,
    }: {
      repositoryName: string
      layerDigests: readonly string[]
    }) => {
      repositories.get(repositoryName)
      const layers = await Promise.all(
        layerDigests.map(async (layerDigest) => {
          const layerSize = await blobs.size(layerDigest)
          return { layerDigest, layerAvailability: layerSize == null ? 'UNAVAILABLE' : 'AVAILABLE', layerSize }
        }),
      )
      return { layers, failures: [] }
    },
    GetDownloadUrlForLayer: (input: { repositoryName: string; layerDigest: string }, call: Call) => ({
      downloadUrl: `${call.endpoint}/v2/${input.repositoryName}/blobs/${input.layerDigest}`,
      layerDigest: input.layerDigest,
    }),
  }
}
