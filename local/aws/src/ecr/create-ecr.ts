import { createHash, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CallLog } from '../endpoint/call-log.ts'
import { AwsError, type AwsService, type Call, type Principal } from '../endpoint/service.ts'
import type { ImageConfig, ImageStore, UnpackedImage } from '../runtime/task-runtime.ts'
import { createBlobStore } from './blob-store.ts'
import { createDistribution } from './distribution.ts'
import { logDistribution } from './log-distribution.ts'
import { createRepositories, type Manifest, type RepositoryRecord } from './repositories.ts'
import { installedPackages } from './installed-packages.ts'
import { findVulnerabilities, type AdvisorySnapshot } from './scan.ts'

interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

interface ScanRecord {
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'
  readonly description: string
  readonly completedAt?: Date
  readonly findings: ReturnType<typeof findVulnerabilities>
}

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
  const repositories = createRepositories({ account, stateFolder, blobs, now })
  const scans = new Map<string, ScanRecord>()
  /** Who asked for which password: registry clients show nothing else. */
  const issued = new Map<string, Principal>()

  const describeRepository = ({ name, createdAt, mutability, mutableTags }: RepositoryRecord, call: Call) => ({
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
    registryId: account,
    repositoryName: name,
    repositoryUri: `${new URL(call.endpoint).host}/${name}`,
    createdAt: new Date(createdAt),
    imageTagMutability: mutability,
    ...(mutableTags.length > 0
      ? { imageTagMutabilityExclusionFilters: mutableTags.map((filter) => ({ filterType: 'WILDCARD', filter })) }
      : {}),
    imageScanningConfiguration: { scanOnPush: false },
  })
  const digestOf = (name: string, { imageDigest, imageTag }: ImageId) =>
    repositories.resolve(name, imageDigest ?? imageTag ?? '')
  const tagsOf = (name: string, digest: string) =>
    Object.entries(repositories.get(name).tags).flatMap(([tag, one]) => (one === digest ? [tag] : []))
  const notFound = (name: string, id: ImageId) =>
    new AwsError(
      'ImageNotFoundException',
      `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist within the repository with name '${name}' in the registry with id '${account}'`,
    )

  const unpack = async (name: string, digest: string, host: string): Promise<UnpackedImage> => {
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

  const scan = async (name: string, digest: string) => {
    const key = `${name}@${digest}`
    scans.set(key, { status: 'IN_PROGRESS', description: 'The scan is running.', findings: [] })
    try {
      const snapshot = await options.advisories()
      const { layers } = await unpack(name, digest, '')
      const packages = (await Promise.all(layers.map(installedPackages))).flat()
      scans.set(key, {
        status: 'COMPLETE',
        description: `${packages.length} npm packages matched against the advisories of ${snapshot.date}.`,
        completedAt: now(),
        findings: findVulnerabilities(packages, snapshot),
      })
    } catch (error) {
      scans.set(key, { status: 'FAILED', description: String(error), findings: [] })
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
      CreateRepository: (
        input: {
          repositoryName: string
          imageTagMutability?: string
          imageTagMutabilityExclusionFilters?: readonly { filter: string }[]
        },
        call: Call,
      ) => {
        if (repositories.find(input.repositoryName)) {
          throw new AwsError(
            'RepositoryAlreadyExistsException',
            `The repository with name '${input.repositoryName}' already exists in the registry with id '${account}'`,
          )
        }
        const created = repositories.create(input.repositoryName, {
          mutability: input.imageTagMutability ?? 'MUTABLE',
          mutableTags: (input.imageTagMutabilityExclusionFilters ?? []).map(({ filter }) => filter),
        })
        return { repository: describeRepository(created, call) }
      },
      DescribeRepositories: ({ repositoryNames }: { repositoryNames?: readonly string[] }, call: Call) => {
        const found = repositoryNames ? repositoryNames.map((name) => repositories.get(name)) : repositories.list()
        return { repositories: found.map((repository) => describeRepository(repository, call)) }
      },
      DeleteRepository: ({ repositoryName, force }: { repositoryName: string; force?: boolean }, call: Call) => {
        const repository = repositories.get(repositoryName)
        if (!force && Object.keys(repository.images).length > 0) {
          throw new AwsError(
            'RepositoryNotEmptyException',
            `The repository with name '${repositoryName}' in registry with id '${account}' cannot be deleted because it still contains images`,
          )
        }
        repositories.remove(repositoryName)
        return { repository: describeRepository(repository, call) }
      },
      PutImageTagMutability: (input: {
        repositoryName: string
        imageTagMutability: string
        imageTagMutabilityExclusionFilters?: readonly { filter: string }[]
      }) => {
        const mutableTags = (input.imageTagMutabilityExclusionFilters ?? []).map(({ filter }) => filter)
        repositories.update(input.repositoryName, { mutability: input.imageTagMutability, mutableTags })
        return {
          registryId: account,
          repositoryName: input.repositoryName,
          imageTagMutability: input.imageTagMutability,
        }
      },
      SetRepositoryPolicy: ({ repositoryName, policyText }: { repositoryName: string; policyText: string }) => {
        repositories.update(repositoryName, { policy: policyText })
        return { registryId: account, repositoryName, policyText }
      },
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
        const digests = imageIds
          ? imageIds.map((id) => {
              const digest = digestOf(repositoryName, id)
              if (digest == null) throw notFound(repositoryName, id)
              return digest
            })
          : Object.keys(held)
        return {
          imageDetails: digests.map((digest) => {
            const finished = scans.get(`${repositoryName}@${digest}`)
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
            const digest = digestOf(repositoryName, id)
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
      StartImageScan: ({ repositoryName, imageId }: { repositoryName: string; imageId: ImageId }) => {
        const digest = digestOf(repositoryName, imageId)
        if (digest == null) throw notFound(repositoryName, imageId)
        // ECR scans an image once in 24 hours; asking again while one runs, or after it, tells what there is.
        const before = scans.get(`${repositoryName}@${digest}`)
        if (before?.status !== 'IN_PROGRESS') void scan(repositoryName, digest)
        return {
          registryId: account,
          repositoryName,
          imageId: { imageDigest: digest },
          imageScanStatus: { status: 'IN_PROGRESS' },
        }
      },
      DescribeImageScanFindings: ({ repositoryName, imageId }: { repositoryName: string; imageId: ImageId }) => {
        const digest = digestOf(repositoryName, imageId)
        if (digest == null) throw notFound(repositoryName, imageId)
        const found = scans.get(`${repositoryName}@${digest}`)
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

/** `host/repository@digest`, `host/repository:tag` or `host/repository`, which means `latest`. */
function splitReference(reference: string): { host: string; name: string; wanted: string } {
  const {
    host = '',
    name = '',
    wanted = 'latest',
  } = /^(?<host>[^/]*)\/(?<name>[^@:]+)(?:[@:](?<wanted>.+))?$/.exec(reference)?.groups ?? {}
  return { host, name, wanted }
}
