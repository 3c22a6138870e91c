import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../canonical-json.ts'
import { mediaTypes, type ImageConfig, type ImageManifest, type Layer } from './oci.ts'

/** Numeric, so that `runAsNonRoot` checks and a passwd-less image both understand it (distroless: nonroot). */
export const nonRootUser = '65532:65532'

/** The account of the local overlay: nobody's at AWS. */
export const localAccount = '000000000000'

/** Marks an image whose base was made from this host's own libraries. */
export const baseLabel = 'dev.sluice.base'
export const localBase = 'local-base'

/** Where the service's folder lies in the image; its dependencies lie beside it, so that Node finds them one folder up. */
export const imageRoot = 'srv'

/** What the new image adds to its base. */
export interface ServiceImage {
  readonly base: { readonly config: ImageConfig; readonly layers: readonly Layer[]; readonly name: string }
  /** Dependencies first: they change less often than the sources. */
  readonly layers: readonly Layer[]
  readonly run: RunInstructions
  readonly workingDirectory: string
  readonly commit: string
  /** ISO time of the commit: the only time in the image, so that a commit always builds the same bytes. */
  readonly committedAt: string
  readonly version: string
  /** URL of the repository. */
  readonly source: string
}

/** How the service is started, in exec form. */
export interface RunInstructions {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly ports: readonly number[]
}

/** The bytes of an image's configuration and manifest, with their digests. */
export interface AssembledImage {
  readonly config: Uint8Array
  readonly configDigest: string
  readonly manifest: Uint8Array
  /** The image's identity: `sha256:` of the manifest. */
  readonly digest: string
  readonly layers: readonly Layer[]
}

/** Puts base, layers and run instructions together. Equal input gives equal bytes. */
export function assembleImage(image: ServiceImage): AssembledImage {
  const layers = [...image.base.layers, ...image.layers]
  const baseEnvironment = image.base.config.config.Env ?? []
  const overridden = new Set(Object.keys(image.run.environment))
  const config: ImageConfig = {
    created: image.committedAt,
    architecture: image.base.config.architecture,
    os: image.base.config.os,
    config: {
      User: nonRootUser,
      Env: [
        ...baseEnvironment.filter((entry) => !overridden.has(entry.split('=')[0] ?? '')),
        ...Object.entries(image.run.environment).map(([name, value]) => `${name}=${value}`),
      ],
      Cmd: image.run.command,
      WorkingDir: image.workingDirectory,
      ExposedPorts: Object.fromEntries(image.run.ports.map((port) => [`${port}/tcp`, {}])),
      Labels: {
        'org.opencontainers.image.revision': image.commit,
        'org.opencontainers.image.version': image.version,
        'org.opencontainers.image.source': image.source,
        'org.opencontainers.image.created': image.committedAt,
        [baseLabel]: image.base.name,
      },
      StopSignal: 'SIGTERM',
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: [
      ...(image.base.config.history ?? []),
      ...image.layers.map(() => ({ created: image.committedAt, created_by: 'sluice build-image' })),
    ],
  }
  const configBytes = bytesOf(config as unknown as Json)
  const configDigest = digestOf(configBytes)
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: configDigest, size: configBytes.length },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType: layerType(mediaType), digest, size })),
  }
  const manifestBytes = bytesOf(manifest as unknown as Json)
  return { config: configBytes, configDigest, manifest: manifestBytes, digest: digestOf(manifestBytes), layers }
}

/** Why this base may not go to that account, or nothing when it may. */
export function refuseBase(base: string, account: string): string | undefined {
  if (base !== localBase || account === localAccount) return undefined
  return (
    `expected a base image for account ${account}, found none: ${localBase} is made of the building machine's own ` +
    `libraries and may only go to the local account ${localAccount}`
  )
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function bytesOf(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value))
}

/** Docker's gzip layer and OCI's are the same bytes under two names; an OCI manifest takes OCI's. */
function layerType(mediaType: string): string {
  return mediaType === 'application/vnd.docker.image.rootfs.diff.tar.gzip' ? mediaTypes.layer : mediaType
}
