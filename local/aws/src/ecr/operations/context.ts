import { AwsError } from '../../endpoint/service.ts'
import type { BlobStore } from '../blob-store.ts'
import type { ImageScans } from '../image-scans.ts'
import type { RegistryScanning } from '../registry-scanning.ts'
import type { Repositories } from '../repositories.ts'

/** What ECR's operations work on. */
export interface EcrContext {
  readonly account: string
  readonly region: string
  readonly repositories: Repositories
  readonly blobs: BlobStore
  readonly scans: ImageScans
  readonly scanning: RegistryScanning
}

/** How callers name an image: by digest, by tag, or by both. */
export interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

/** The digest of an image. Throws ImageNotFoundException, in ECR's words. */
export function findDigest({ repositories, account }: EcrContext, name: string, id: ImageId): string {
  const digest = repositories.resolve(name, id.imageDigest ?? id.imageTag ?? '')
  if (digest == null) {
    throw new AwsError(
      'ImageNotFoundException',
      `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist within the repository with name '${name}' in the registry with id '${account}'`,
    )
  }
  return digest
}
