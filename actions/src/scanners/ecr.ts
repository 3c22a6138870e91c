import {
  DescribeImageScanFindingsCommand,
  StartImageScanCommand,
  type DescribeImageScanFindingsCommandOutput,
  type ECRClient,
} from '@aws-sdk/client-ecr'
import type { Clock } from '@sluice/core/clock'
import { severities, type Finding, type ScanReport, type Severity } from '@sluice/core/findings/finding'
import { formatImageReference, type ImageReference } from '@sluice/core/image-reference'

/** Small images are scanned in a moment, large ones take minutes. */
const firstPollMilliseconds = 250
const longestPollMilliseconds = 5000
const deadlineMilliseconds = 10 * 60_000

/** States after which ECR says no more; the SDK's own waiter knows two of them and times out on the rest (aws/aws-sdk#288). */
const ended: Readonly<Record<string, 'ran' | 'failed'>> = {
  COMPLETE: 'ran',
  ACTIVE: 'ran',
  FAILED: 'failed',
  UNSUPPORTED_IMAGE: 'failed',
  SCAN_ELIGIBILITY_EXPIRED: 'failed',
  FINDINGS_UNAVAILABLE: 'failed',
  LIMIT_EXCEEDED: 'failed',
  IMAGE_ARCHIVED: 'failed',
}

/**
 * Reads what ECR found in an image, in all of its states. COMPLETE can come before the findings do (aws/aws-sdk#289), so an
 * answer counts when it is dated, or twice the same. Starts a scan where none was started by the push.
 */
export async function readImageFindings(
  ecr: ECRClient,
  image: ImageReference,
  registryId: string,
  clock: Clock,
): Promise<ScanReport> {
  const report = (
    status: ScanReport['status'],
    detail: string,
    findings: Finding[] = [],
    examined = 0,
  ): ScanReport => ({
    scanner: 'ecr',
    status,
    detail,
    examined,
    findings,
    scannedAt: clock.now().toISOString(),
  })
  const deadline = clock.now().getTime() + deadlineMilliseconds
  let before: string | undefined
  let last = 'no scan'
  let pollMilliseconds = firstPollMilliseconds
  while (clock.now().getTime() < deadline) {
    const answer = await readAll(ecr, image, registryId)
    const status = answer?.status ?? 'no scan'
    last = `${status}${answer?.description == null ? '' : ` (${answer.description})`}`
    if (ended[status] === 'failed') return report('failed', `ECR says ${last} of ${formatImageReference(image)}`)
    if (answer && ended[status] === 'ran') {
      const seen = JSON.stringify(answer.findings)
      if (answer.isDated || seen === before) {
        return report('ran', `${formatImageReference(image)}: ECR's scan is ${status}`, answer.findings, 1)
      }
      before = seen
    }
    await clock.sleep(pollMilliseconds)
    pollMilliseconds = Math.min(1.5 * pollMilliseconds, longestPollMilliseconds)
  }
  return report('failed', `ECR's scan of ${formatImageReference(image)} did not end in ten minutes: ${last}`)
}

interface Answer {
  readonly status: string
  readonly description?: string | undefined
  /** The findings carry the time of the scan or of its data. */
  readonly isDated: boolean
  readonly findings: Finding[]
}

async function readAll(ecr: ECRClient, image: ImageReference, registryId: string): Promise<Answer | undefined> {
  const imageId = { imageDigest: image.digest }
  const request = { repositoryName: image.repository, registryId, imageId }
  const findings: Finding[] = []
  let page: DescribeImageScanFindingsCommandOutput | undefined
  let isDated = false
  do {
    try {
      page = await ecr.send(
        new DescribeImageScanFindingsCommand({
          ...request,
          ...(page?.nextToken == null ? {} : { nextToken: page.nextToken }),
        }),
      )
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ScanNotFoundException') throw error
      await startScan(ecr, request)
      return undefined
    }
    const found = page.imageScanFindings
    isDated ||= found?.imageScanCompletedAt != null || found?.vulnerabilitySourceUpdatedAt != null
    findings.push(...(found?.findings ?? []).map(basicFinding), ...(found?.enhancedFindings ?? []).map(enhancedFinding))
  } while (page.nextToken != null)
  const { status = 'UNKNOWN', description } = page.imageScanStatus ?? {}
  return { status, description, isDated, findings }
}

/** ECR scans an image once a day at most; a scan that runs already is what we want. */
async function startScan(ecr: ECRClient, request: object): Promise<void> {
  try {
    await ecr.send(new StartImageScanCommand(request as never))
  } catch (error) {
    const known = ['LimitExceededException', 'ValidationException', 'AccessDeniedException']
    if (!(error instanceof Error) || !known.includes(error.name)) throw error
  }
}

type ScanFindings = NonNullable<DescribeImageScanFindingsCommandOutput['imageScanFindings']>

function basicFinding(finding: NonNullable<ScanFindings['findings']>[number]): Finding {
  const attribute = (key: string): string | undefined =>
    finding.attributes?.find((candidate) => candidate.key === key)?.value
  const name = attribute('package_name')
  const fixedIn = attribute('fixed_version')
  return {
    scanner: 'ecr',
    id: finding.name ?? 'unnamed',
    aliases: [],
    title: finding.description ?? finding.name ?? 'unnamed',
    severity: toSeverity(finding.severity),
    ...(name == null ? {} : { package: { name, version: attribute('package_version') ?? 'unknown' } }),
    ...(finding.uri == null ? {} : { url: finding.uri }),
    ...(fixedIn == null ? {} : { fixedIn }),
  }
}

function enhancedFinding(finding: NonNullable<ScanFindings['enhancedFindings']>[number]): Finding {
  const details = finding.packageVulnerabilityDetails
  const vulnerable = details?.vulnerablePackages?.[0]
  const id = details?.vulnerabilityId ?? finding.findingArn ?? 'unnamed'
  return {
    scanner: 'ecr',
    id,
    aliases: details?.relatedVulnerabilities ?? [],
    title: finding.title ?? finding.description ?? id,
    severity: toSeverity(finding.severity),
    ...(vulnerable?.name == null
      ? {}
      : { package: { name: vulnerable.name, version: vulnerable.version ?? 'unknown' } }),
    ...(details?.sourceUrl == null ? {} : { url: details.sourceUrl }),
    ...(vulnerable?.fixedInVersion == null ? {} : { fixedIn: vulnerable.fixedInVersion }),
  }
}

/** ECR also says INFORMATIONAL, UNDEFINED and UNTRIAGED. What nobody has judged yet counts as medium. */
function toSeverity(text: string | undefined): Severity {
  const lower = text?.toLowerCase() ?? ''
  if (lower === 'informational') return 'low'
  return severities.find((severity) => severity === lower) ?? 'medium'
}
