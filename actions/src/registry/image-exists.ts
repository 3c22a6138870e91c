import { DescribeImagesCommand, ImageNotFoundException, type ECRClient } from '@aws-sdk/client-ecr'
import type { ImageReference } from '@sluice/core/image-reference'

/** Whether a digest is in the registry, as an image that can be pulled. */
export async function imageExists(ecr: ECRClient, registryId: string, image: ImageReference): Promise<boolean> {
  try {
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({
        registryId,
        repositoryName: image.repository,
        imageIds: [{ imageDigest: image.digest }],
      }),
    )
    return imageDetails.some(({ imageDigest }) => imageDigest === image.digest)
  } catch (error) {
    if (error instanceof ImageNotFoundException) return false
    throw error
  }
}
