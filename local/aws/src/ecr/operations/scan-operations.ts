import { AwsError, type Operation } from '../../endpoint/service.ts'
import type { ScanningConfiguration } from '../registry-scanning.ts'
import { findDigest, type EcrContext, type ImageId } from './context.ts'

/** Scans of images: begun, and what they found. */
export function scanOperations(context: EcrContext): Record<string, Operation> {
  const { account, scans, scanning } = context
  return {
    PutRegistryScanningConfiguration: ({ scanType = 'BASIC', rules = [] }: Partial<ScanningConfiguration>) => {
      scanning.put({ scanType, rules })
      return { registryScanningConfiguration: scanning.get() }
    },
    GetRegistryScanningConfiguration: () => ({ registryId: account, scanningConfiguration: scanning.get() }),
    StartImageScan: ({ repositoryName, imageId }: { repositoryName: string; imageId: ImageId }) => {
      const digest = findDigest(context, repositoryName, imageId)
      // ECR scans an image once in 24 hours; asking again while one runs, or after it, tells what there is.
      scans.start(repositoryName, digest)
      return {
        registryId: account,
        repositoryName,
        imageId: { imageDigest: digest },
        imageScanStatus: { status: 'IN_PROGRESS' },
      }
    },
    DescribeImageScanFindings: ({ repositoryName, imageId }: { repositoryName: string; imageId: ImageId }) => {
      const digest = findDigest(context, repositoryName, imageId)
      const found = scans.get(repositoryName, digest)
      if (!found) {
        throw new AwsError(
          'ScanNotFoundException',
          `Image scan does not exist for the image with '{imageDigest:'${digest}', imageTag:'null'}' in the repository with name '${repositoryName}' in the registry with id '${account}'`,
        )
      }
      const counts: Record<string, number> = {}
      for (const { severity } of found.findings) counts[severity] = (counts[severity] ?? 0) + 1
      return {
        registryId: account,
        repositoryName,
        imageId: { imageDigest: digest },
        imageScanStatus: { status: found.status, description: found.description },
        ...(found.completedAt
          ? {
              imageScanFindings: {
                imageScanCompletedAt: found.completedAt,
                vulnerabilitySourceUpdatedAt: found.completedAt,
                findings: found.findings,
                findingSeverityCounts: counts,
              },
            }
          : {}),
      }
    },
  }
}
