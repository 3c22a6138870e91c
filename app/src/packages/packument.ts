import { tarballName } from './names.ts'
import type { Manifest, PackageModel, VersionModel } from './model.ts'

/** `full` for people, npm and yarn 4; `abbreviated` (`application/vnd.npm.install-v1+json`) for the other installers. */
export type Variant = 'full' | 'abbreviated'

export const abbreviatedType = 'application/vnd.npm.install-v1+json'

/** What an installer needs of a manifest (npm/registry docs, "abbreviated version object"). */
const installFields = [
  'name',
  'version',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'bundleDependencies',
  'bundledDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'acceptDependencies',
  'bin',
  'directories',
  'engines',
  'cpu',
  'os',
  'libc',
  'funding',
  'hasInstallScript',
  '_hasShrinkwrap',
] as const

/** What the packument repeats of its newest version. */
const latestFields = [
  'description',
  'homepage',
  'keywords',
  'repository',
  'author',
  'bugs',
  'license',
  'readmeFilename',
] as const

/**
 * The tarball's canonical URL: on the registry's own origin, because npm 12 refuses others and yarn 4 would send its token there.
 */
export function tarballUrl(base: string, name: string, version: string): string {
  return `${base}/${name}/-/${tarballName(name, version)}`
}

function distOf(base: string, name: string, { version, integrity, shasum, files, unpacked, signature }: VersionModel) {
  return {
    integrity,
    shasum,
    tarball: tarballUrl(base, name, version),
    fileCount: files,
    unpackedSize: unpacked,
    ...(signature && { signatures: [signature] }),
  }
}

function pick(manifest: Manifest, fields: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {}
  for (const field of fields) if (manifest[field] !== undefined) picked[field] = manifest[field]
  return picked
}

/** One version as `GET /PKG/VERSION` and the full packument show it. */
export function renderVersion(base: string, pkg: PackageModel, version: VersionModel): Manifest {
  return {
    ...version.manifest,
    _id: `${pkg.name}@${version.version}`,
    name: pkg.name,
    version: version.version,
    dist: distOf(base, pkg.name, version),
    maintainers: pkg.maintainers,
    _npmUser: { name: version.publisher },
    ...(version.deprecated && { deprecated: version.deprecated }),
  }
}

function byVersion<T>(pkg: PackageModel, render: (version: VersionModel) => T): Record<string, T> {
  return Object.fromEntries(pkg.versions.map((version) => [version.version, render(version)]))
}

/** `_rev` is what writers send back with `-rev/REV`: the revision, in CouchDB's shape. */
export const revOf = (revision: number): string => `${revision}-${revision.toString(16).padStart(16, '0')}`

export function renderFull(base: string, pkg: PackageModel): object {
  const newest = pkg.versions.find(({ version }) => version === pkg.tags['latest']) ?? pkg.versions.at(-1)
  return {
    _id: pkg.name,
    _rev: revOf(pkg.revision),
    name: pkg.name,
    ...pick(newest?.manifest ?? {}, latestFields),
    'dist-tags': pkg.tags,
    versions: byVersion(pkg, (version) => renderVersion(base, pkg, version)),
    time: {
      created: pkg.created,
      modified: pkg.modified,
      ...byVersion(pkg, ({ published }) => published),
    },
    maintainers: pkg.maintainers,
    readme: pkg.readme,
  }
}

export function renderAbbreviated(base: string, pkg: PackageModel): object {
  return {
    name: pkg.name,
    modified: pkg.modified,
    'dist-tags': pkg.tags,
    versions: byVersion(pkg, (version) => ({
      ...pick(version.manifest, installFields),
      dist: distOf(base, pkg.name, version),
      ...(version.deprecated && { deprecated: version.deprecated }),
    })),
  }
}

export function renderPackument(variant: Variant, base: string, pkg: PackageModel): Buffer {
  return Buffer.from(JSON.stringify(variant === 'full' ? renderFull(base, pkg) : renderAbbreviated(base, pkg)))
}
