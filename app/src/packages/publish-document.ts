import { createHash } from 'node:crypto'
import ssri from 'ssri'
import * as z from 'zod'
import type { Config } from '../config.ts'
import { RegistryError } from '../errors.ts'
import { checkName, checkTag, checkVersion } from './names.ts'
import type { Manifest } from './model.ts'
import { inspectTarball } from './tarball.ts'

const bodySchema = z.looseObject({
  name: z.string().optional(),
  _id: z.string().optional(),
  'dist-tags': z.record(z.string(), z.string()).default({}),
  versions: z.record(z.string(), z.looseObject({ name: z.string(), version: z.string() })),
  access: z.enum(['public', 'restricted']).nullish(),
  readme: z.string().optional(),
  _attachments: z.record(z.string(), z.looseObject({ data: z.string().optional(), length: z.number().optional() })),
})

/** What a publish asks for, checked against itself: the body, the tarball in it, and the package.json in that. */
export interface PublishRequest {
  readonly name: string
  readonly version: string
  readonly manifest: Manifest
  readonly tags: readonly string[]
  readonly access: 'public' | 'restricted' | undefined
  readonly readme: string
  readonly tarball: Buffer
  /** SHA-512 in hex. */
  readonly digest: string
  readonly integrity: string
  readonly shasum: string
  readonly files: number
  readonly unpackedBytes: number
  /** Files that a component is made of, by path. */
  readonly contents: ReadonlyMap<string, Buffer>
}

/** @throws RegistryError that says what is wrong with the request */
export async function readPublishRequest(pathName: string, body: unknown, config: Config): Promise<PublishRequest> {
  const parsed = bodySchema.safeParse(body)
  if (!parsed.success)
    throw new RegistryError('INVALID_MANIFEST', `the publish document is not usable: ${z.prettifyError(parsed.error)}`)
  const document = parsed.data
  const name = checkName(pathName)
  if ((document.name ?? name) !== name || (document._id ?? name) !== name) {
    throw new RegistryError(
      'INVALID_NAME',
      `the path names ${name}, the document ${String(document.name ?? document._id)}`,
    )
  }
  const entries = Object.entries(document.versions)
  const [entry] = entries
  if (!entry || entries.length !== 1) {
    throw new RegistryError('INVALID_MANIFEST', `expected exactly one version to publish, found ${entries.length}`)
  }
  const [key, manifest] = entry
  const version = checkVersion(key)
  if (manifest.name !== name || manifest.version !== version) {
    throw new RegistryError(
      'INVALID_MANIFEST',
      `expected the manifest of ${name}@${version}, found ${manifest.name}@${manifest.version}`,
    )
  }
  const tags = Object.entries(document['dist-tags']).map(([tag, target]) => {
    if (target !== version)
      throw new RegistryError('INVALID_TAG', `the tag ${tag} names ${target}, which is not published here`)
    return checkTag(tag)
  })

  const tarball = readAttachment(document._attachments, config)
  const digest = createHash('sha512').update(tarball).digest()
  const shasum = createHash('sha1').update(tarball).digest('hex')
  const integrity = `sha512-${digest.toString('base64')}`
  checkIntegrity(manifest['dist'], tarball, shasum)
  const facts = await inspectTarball(
    tarball,
    { unpackedBytes: config.MAX_UNPACKED_BYTES, files: 50_000 },
    isInteresting,
  )
  checkPackageJson(facts.contents.get('package.json'), name, version)

  const { dist: _dist, readme, ...kept } = manifest
  if (Buffer.byteLength(JSON.stringify(kept)) > config.MAX_MANIFEST_BYTES) {
    throw new RegistryError('TOO_LARGE', `the manifest is larger than ${config.MAX_MANIFEST_BYTES} bytes`)
  }
  return {
    name,
    version,
    manifest: kept,
    tags: tags.length > 0 ? tags : ['latest'],
    access: document.access ?? undefined,
    readme: readmeOf(document.readme ?? readme, facts.contents),
    tarball,
    digest: digest.toString('hex'),
    integrity,
    shasum,
    files: facts.files,
    unpackedBytes: facts.unpackedBytes,
    contents: facts.contents,
  }
}

const readmePattern = /^readme(\.(md|markdown|txt))?$/i

/** Sources of a component are text files of at most two megabytes: their paths are known only after the item is read. */
const isInteresting = (path: string): boolean =>
  path === 'package.json' ||
  path === 'registry-item.json' ||
  readmePattern.test(path) ||
  /\.(tsx?|jsx?|css|json|vue|svelte|mdx?|html)$/i.test(path)

function readAttachment(
  attachments: Readonly<Record<string, { data?: string | undefined; length?: number | undefined }>>,
  config: Config,
): Buffer {
  // The second attachment of a publish with provenance is a Sigstore bundle; keys of tarballs differ from client to client.
  const tarballs = Object.entries(attachments).filter(([key]) => !key.endsWith('.sigstore'))
  const [attachment] = tarballs
  if (!attachment || tarballs.length !== 1) {
    throw new RegistryError(
      'INVALID_MANIFEST',
      `expected exactly one tarball in _attachments, found ${tarballs.length}`,
    )
  }
  const { data, length } = attachment[1]
  if (data !== undefined && data.length > Math.ceil(config.MAX_TARBALL_BYTES / 3) * 4) {
    throw new RegistryError('TOO_LARGE', `the tarball is larger than ${config.MAX_TARBALL_BYTES} bytes`)
  }
  const tarball = Buffer.from(data ?? '', 'base64')
  // Node passes over what is no base64; encoded again it would not be what was sent.
  if (tarball.length === 0 || tarball.toString('base64') !== data)
    throw new RegistryError('INVALID_TARBALL', 'expected the tarball in base64, found something else')
  if (length !== undefined && length !== tarball.length) {
    throw new RegistryError('INTEGRITY_MISMATCH', `expected ${length} bytes of tarball, found ${tarball.length}`)
  }
  return tarball
}

const distSchema = z.looseObject({ integrity: z.string().optional(), shasum: z.string().optional() }).optional()

function checkIntegrity(dist: unknown, tarball: Buffer, shasum: string): void {
  const claimed = distSchema.safeParse(dist)
  if (!claimed.success)
    throw new RegistryError('INVALID_MANIFEST', 'expected dist.integrity and dist.shasum to be strings')
  const { integrity, shasum: claimedShasum } = claimed.data ?? {}
  if (claimedShasum !== undefined && claimedShasum !== shasum) {
    throw new RegistryError('INTEGRITY_MISMATCH', `expected a tarball with shasum ${claimedShasum}, found ${shasum}`)
  }
  if (integrity !== undefined && !ssri.checkData(tarball, integrity)) {
    throw new RegistryError('INTEGRITY_MISMATCH', `the tarball does not match ${integrity.slice(0, 120)}`)
  }
}

function checkPackageJson(bytes: Buffer | undefined, name: string, version: string): void {
  if (!bytes) throw new RegistryError('INVALID_TARBALL', 'expected a package.json in the tarball, found none')
  let found: { name?: unknown; version?: unknown }
  try {
    // npm reads a package.json with a byte order mark.
    found = (JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')) ?? {}) as typeof found
  } catch (cause) {
    throw new RegistryError('INVALID_TARBALL', 'the package.json in the tarball is not JSON', { cause })
  }
  if (
    found.name !== name ||
    String(found.version)
      .replace(/^[v=\s]+/, '')
      .trim() !== version
  ) {
    throw new RegistryError(
      'INVALID_TARBALL',
      `expected ${name}@${version} in the tarball's package.json, found ${JSON.stringify(found.name)}@${JSON.stringify(found.version)}`,
    )
  }
}

function readmeOf(stated: unknown, contents: ReadonlyMap<string, Buffer>): string {
  const limit = 512 * 1024
  if (typeof stated === 'string' && stated !== '' && !stated.startsWith('ERROR:')) return stated.slice(0, limit)
  const file = [...contents].find(([path]) => readmePattern.test(path))
  return file ? file[1].toString('utf8').replaceAll('\0', '').slice(0, limit) : ''
}
