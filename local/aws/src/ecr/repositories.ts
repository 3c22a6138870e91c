import { join } from 'node:path'
import { AwsError } from '../endpoint/service.ts'
import { openStateStore } from '../state-store.ts'
import type { BlobStore } from './blob-store.ts'

/** What a manifest says, of whichever kind it is. */
export interface Manifest {
  readonly mediaType?: string
  readonly artifactType?: string
  readonly config?: { readonly mediaType: string; readonly digest: string; readonly size: number }
  readonly layers?: readonly { readonly mediaType: string; readonly digest: string; readonly size: number }[]
  readonly subject?: { readonly digest: string }
}

export interface ImageRecord {
  readonly mediaType: string
  readonly size: number
  readonly pushedAt: string
  readonly subject?: string
  readonly artifactType?: string
}

export interface RepositoryRecord {
  readonly name: string
  readonly createdAt: string
  readonly mutability: string
  /** Wildcards of tags that stay mutable in an immutable repository. */
  readonly mutableTags: readonly string[]
  readonly policy?: string
  readonly images: Readonly<Record<string, ImageRecord>>
  readonly tags: Readonly<Record<string, string>>
}

/** The repositories of the registry, and the rules about tags. */
export interface Repositories {
  find(name: string): RepositoryRecord | undefined
  /** Throws RepositoryNotFoundException. */
  get(name: string): RepositoryRecord
  list(): readonly RepositoryRecord[]
  create(name: string, settings?: Partial<Pick<RepositoryRecord, 'mutability' | 'mutableTags'>>): RepositoryRecord
  update(name: string, change: Partial<RepositoryRecord>): void
  remove(name: string): void
  /** Keeps a manifest under its digest, and under a tag when one is given. Throws ECR's errors about immutable tags. */
  putManifest(name: string, bytes: Buffer, mediaType: string, tag?: string): Promise<string>
  /** A digest for a tag or a digest; `undefined` when the repository has no such image. */
  resolve(name: string, reference: string): string | undefined
}

export function createRepositories(options: {
  account: string
  stateFolder: string
  blobs: BlobStore
  now: () => Date
  /** Told of every image that is new in its repository. */
  onImage?: (name: string, digest: string) => void
}): Repositories {
  const store = openStateStore<RepositoryRecord>(join(options.stateFolder, 'ecr.json'))
  const get = (name: string) => {
    const repository = store.get(name)
    if (!repository) {
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${name}' does not exist in the registry with id '${options.account}'`,
      )
    }
    return repository
  }
  const isImmutable = ({ mutability, mutableTags }: RepositoryRecord, tag: string) =>
    mutability.startsWith('IMMUTABLE') &&
    !mutableTags.some((pattern) =>
      new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`).test(tag),
    )

  return {
    find: (name) => store.get(name),
    get,
    list: () => store.entries().map(([, repository]) => repository),
    create: (name, settings) => {
      const created: RepositoryRecord = {
        name,
        createdAt: options.now().toISOString(),
        mutability: settings?.mutability ?? 'MUTABLE',
        mutableTags: settings?.mutableTags ?? [],
        images: {},
        tags: {},
      }
      store.set(name, created)
      return created
    },
    update: (name, change) => store.set(name, { ...get(name), ...change }),
    remove: (name) => store.delete(name),
    resolve: (name, reference) => {
      const repository = store.get(name)
      const digest = reference.startsWith('sha256:') ? reference : repository?.tags[reference]
      return digest != null && repository?.images[digest] ? digest : undefined
    },
    putManifest: async (name, bytes, mediaType, tag) => {
      const manifest = JSON.parse(bytes.toString('utf8')) as Manifest
      const digest = await options.blobs.put(bytes)
      const repository = get(name)
      const tagged = tag == null ? undefined : repository.tags[tag]
      if (tag != null && tagged === digest) return digest
      if (tag != null && tagged != null && isImmutable(repository, tag)) {
        throw new AwsError(
          'ImageTagAlreadyExistsException',
          `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
        )
      }
      const image: ImageRecord = repository.images[digest] ?? {
        mediaType,
        size: [manifest.config, ...(manifest.layers ?? [])].reduce(
          (sum, part) => sum + (part?.size ?? 0),
          bytes.length,
        ),
        pushedAt: options.now().toISOString(),
        ...(manifest.subject ? { subject: manifest.subject.digest } : {}),
        ...(manifest.artifactType ? { artifactType: manifest.artifactType } : {}),
      }
      store.set(name, {
        ...repository,
        images: { ...repository.images, [digest]: image },
        tags: tag == null ? repository.tags : { ...repository.tags, [tag]: digest },
      })
      if (manifest.layers && manifest.subject == null && repository.images[digest] == null)
        options.onImage?.(name, digest)
      return digest
    },
  }
}
