/** Media types of the OCI image specification 1.1, and Docker's older ones that base images still come in. */
export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const

/** What points at a blob: its bytes' digest, size and type. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** A layer as it is stored (compressed: `digest`) and as it is unpacked (`diffId`). */
export interface Layer extends Descriptor {
  /** `sha256:` of the uncompressed tar. */
  readonly diffId: string
}

/** The part of an image's configuration that containers run with. */
export interface ContainerConfig {
  readonly User?: string
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly WorkingDir?: string
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>
  readonly Labels?: Readonly<Record<string, string>>
  readonly StopSignal?: string
}

/** An OCI image configuration, in the keys of the specification. */
export interface ImageConfig {
  readonly created?: string
  readonly architecture: string
  readonly os: string
  readonly config: ContainerConfig
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] }
  readonly history?: ReadonlyArray<{
    readonly created?: string
    readonly created_by?: string
    readonly comment?: string
  }>
}

/** An OCI image manifest. */
export interface ImageManifest {
  readonly schemaVersion: 2
  readonly mediaType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

/** An OCI index or Docker manifest list: one manifest a platform. */
export interface ImageIndex {
  readonly mediaType?: string
  readonly manifests: ReadonlyArray<
    Descriptor & { readonly platform?: { readonly os: string; readonly architecture: string } }
  >
}

/** The manifest of one platform in an index. Throws a `RangeError` that names the platforms there are. */
export function selectPlatform(index: ImageIndex, os: string, architecture: string): Descriptor {
  const found = index.manifests.find(({ platform }) => platform?.os === os && platform.architecture === architecture)
  if (found) return found
  const there = index.manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).join(', ')
  throw new RangeError(`expected a manifest for ${os}/${architecture} in the base image, found ${there || 'none'}`)
}
