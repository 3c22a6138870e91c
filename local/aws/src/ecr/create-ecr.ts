import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CallLog } from '../endpoint/call-log.ts'
import type { AwsService, Call, Principal } from '../endpoint/service.ts'
import { createBlobStore } from './blob-store.ts'
import { createDistribution } from './distribution/distribution.ts'
import { logDistribution } from './distribution/log-distribution.ts'
import { createImageScans } from './image-scans.ts'
import { imageOperations } from './operations/image-operations.ts'
import { repositoryOperations } from './operations/repository-operations.ts'
import { createRegistryScanning } from './registry-scanning.ts'
import { scanOperations } from './operations/scan-operations.ts'
import { createRepositories } from './repositories.ts'
import type { AdvisorySnapshot } from './scan.ts'
import { createUnpackedImages } from './unpacked-images.ts'

export interface EcrOptions {
  readonly account: string
  readonly region: string
  readonly stateFolder: string
  readonly now: () => Date
  /** Where registry clients' requests are written to. */
  readonly log?: CallLog
  /** Read when an image is scanned. */
  readonly advisories: () => Promise<AdvisorySnapshot>
}

/** ECR: repositories and images over the distribution API, and what the rest of the emulator needs of them. */
export function createEcr(options: EcrOptions) {
  const { account, region, stateFolder, now } = options
  rmSync(join(stateFolder, 'uploads'), { recursive: true, force: true })
  const blobs = createBlobStore(join(stateFolder, 'blobs'))
  const scanning = createRegistryScanning(stateFolder)
  const onImage = (name: string, digest: string) => {
    if (scanning.scansOnPush(name)) scans.start(name, digest)
  }
  const repositories = createRepositories({ account, stateFolder, blobs, now, onImage })
  const { images, unpack } = createUnpackedImages({ blobs, repositories })
  const scans = createImageScans({ unpack, advisories: options.advisories, now })
  const context = { account, region, repositories, blobs, scans, scanning }
  /** Who asked for which password: registry clients show nothing else. */
  const issued = new Map<string, Principal>()

  const service: AwsService = {
    protocol: 'json-1.1',
    targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
    operations: {
      GetAuthorizationToken: (_: object, call: Call) => {
        const password = randomBytes(24).toString('hex')
        issued.set(password, call.principal)
        return {
          authorizationData: [
            {
              authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
              expiresAt: new Date(now().getTime() + 12 * 3600 * 1000),
              proxyEndpoint: call.endpoint,
            },
          ],
        }
      },
      ...repositoryOperations(context),
      ...imageOperations(context),
      ...scanOperations(context),
    },
  }
  const distribution = createDistribution({ repositories, blobs, stateFolder })
  const { log } = options
  return {
    service,
    images,
    repositories,
    distribution: log ? logDistribution(distribution, log, (password) => issued.get(password), options) : distribution,
  }
}
