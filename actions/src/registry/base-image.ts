import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, realpath, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import {
  selectPlatform,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  type Layer,
} from '@sluice/core/image/oci'
import { digestOf, localBase } from '@sluice/core/image/service-image'
import type { LayerCache } from './layer-cache.ts'
import { writeLayer, type LayerEntry } from './layer-tar.ts'
import { hasFile, registryClient } from './registry-client.ts'

const run = promisify(execFile)

/** What a service's image is put on. Blobs of all layers lie in the cache. */
export interface BaseImage {
  readonly name: string
  readonly config: ImageConfig
  readonly layers: readonly Layer[]
}

/** Fargate's default platform; what the task definitions ask for. */
const platform = { os: 'linux', architecture: 'amd64' } as const

/**
 * A base made of the running Node binary and the libraries that it is linked with, for machines that can pull no image.
 * Throws a `ConfigurationError` where the host cannot give one.
 */
export async function makeLocalBase(cache: LayerCache): Promise<BaseImage> {
  if (process.platform !== 'linux') {
    throw new ConfigurationError(
      `expected Linux to make a base image from this machine, found ${process.platform}: name one by digest as base in environments/project.yaml`,
    )
  }
  const node = await realpath(process.execPath)
  const libraries = await librariesOf(node)
  const stamps = await Promise.all(
    [node, ...libraries.values()].map(async (path) => {
      const { size, mtimeMs } = await stat(path)
      return `${path} ${size} ${mtimeMs}`
    }),
  )
  const layer = await cache.layer(['local-base', '3', process.version, ...stamps], (file) =>
    writeLayer(localBaseEntries(node, libraries), file),
  )
  return {
    name: localBase,
    layers: [layer],
    config: {
      architecture: process.arch === 'arm64' ? 'arm64' : platform.architecture,
      os: platform.os,
      config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_ENV=production'] },
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created_by: `sluice ${localBase}: node ${process.version}` }],
    },
  }
}

function localBaseEntries(node: string, libraries: ReadonlyMap<string, string>): LayerEntry[] {
  return [
    { path: 'usr/local/bin/node', from: node, mode: 0o755 },
    ...[...libraries].map(([path, from]) => ({ path: path.slice(1), from, mode: 0o755 })),
    {
      path: 'etc/passwd',
      text: 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
    },
    { path: 'etc/group', text: 'root:x:0:\nnonroot:x:65532:\n' },
    { path: 'etc/nsswitch.conf', text: 'hosts: files dns\n' },
    { path: 'tmp/', mode: 0o1777 },
  ]
}

/** The libraries that the loader would map, by the name it looks for: the real file behind it. */
async function librariesOf(binary: string): Promise<Map<string, string>> {
  const { stdout } = await run('ldd', [binary]).catch((error: unknown) => {
    throw new ConfigurationError('expected ldd to name the libraries of Node.js for the base image, and it failed', {
      cause: error,
    })
  })
  const linked = [...stdout.matchAll(/(?:=>\s+)?(\/\S+)\s+\(0x/g)].map(([, path = '']) => path)
  // glibc before 2.34 loads name resolution at run time, so ldd does not name it.
  const folder = dirname(linked.find((path) => path.includes('libc.so')) ?? '/lib/x86_64-linux-gnu/libc.so.6')
  const atRunTime = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'].map((name) => join(folder, name))
  const paths = [...new Set([...linked, ...atRunTime.filter((path) => existsSync(path))])].sort()
  return new Map(await Promise.all(paths.map(async (path) => [path, await realpath(path)] as const)))
}

/**
 * Pulls a base by digest (`host/repository@sha256:…`) into the cache. Throws a `ConfigurationError` for anything but a
 * digest, an `Error` when the bytes are not the ones that were named.
 */
export async function pullBase(reference: string, cache: LayerCache): Promise<BaseImage> {
  const [, host = '', repository = '', digest = ''] = /^([^/]+)\/([^@]+)@(sha256:[0-9a-f]{64})$/.exec(reference) ?? []
  if (digest === '') {
    throw new ConfigurationError(
      `expected a base image as host/repository@sha256:<64 hex digits>, found "${reference}"`,
    )
  }
  const registry = registryClient(host)
  const readJson = async <T>(wanted: string): Promise<T> => {
    const bytes = await registry.readManifest(repository, wanted)
    if (digestOf(bytes) !== wanted)
      throw new Error(`${host}/${repository}: expected ${wanted}, found ${digestOf(bytes)}`)
    return JSON.parse(new TextDecoder().decode(bytes)) as T
  }
  const named = await readJson<ImageManifest | ImageIndex>(digest)
  const manifest =
    'manifests' in named
      ? await readJson<ImageManifest>(selectPlatform(named, platform.os, platform.architecture).digest)
      : named
  const configBytes = await (await registry.readBlob(repository, manifest.config.digest)).bytes()
  if (digestOf(configBytes) !== manifest.config.digest) throw new Error(`${reference}: its configuration was altered`)
  const config = JSON.parse(new TextDecoder().decode(configBytes)) as ImageConfig
  const layers: Layer[] = []
  for (const [index, layer] of manifest.layers.entries()) {
    const file = cache.blobFile(layer.digest)
    if (!(await hasFile(file, layer.size))) {
      await saveBlob((await registry.readBlob(repository, layer.digest)).body, layer, file)
    }
    layers.push({ ...layer, diffId: config.rootfs.diff_ids[index] ?? '' })
  }
  return { name: reference, config, layers }
}

async function saveBlob(body: ReadableStream | null, { digest }: Descriptor, file: string): Promise<void> {
  if (!body) throw new Error(`expected the bytes of ${digest}, found none`)
  await mkdir(dirname(file), { recursive: true })
  const hash = createHash('sha256')
  const partial = `${file}.${process.pid}.partial`
  const digestBytes = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Readable.fromWeb(body as never), digestBytes, createWriteStream(partial))
  const found = `sha256:${hash.digest('hex')}`
  if (found !== digest) throw new Error(`expected the bytes of ${digest}, found ${found}`)
  await rename(partial, file)
}
