import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createReadStream, createWriteStream } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

import { extract, type Header } from 'tar-stream'

import { layerDecompressors } from '../layer-media-type.ts'
import { archivePath, pathInRoot } from './paths-in-root.ts'

/** Names of deletions in a layer (OCI image layer specification, "Whiteouts"). */
const whiteout = '.wh.'
const opaque = '.wh..wh..opq'

/** Bytes. A stream for each of the ten thousand small files of a `node_modules` costs more than all their bytes. */
const longestInMemory = 1024 * 1024

/** How one layer is written into a root. */
export interface LayerOptions {
  readonly root: string
  /** Owners are set as the layer says; only root may do so. */
  readonly keepOwners: boolean
}

/**
 * Applies one layer (tar; gzip or zstd by media type) on top of what `root` holds. Nothing is written outside of `root`,
 * whatever the layer's names and links say. Device files are left out: a container gets its own `/dev`.
 */
export async function unpackLayer(file: string, mediaType: string, options: LayerOptions): Promise<void> {
  const entries = extract()
  const stages = layerDecompressors(mediaType)
  const writing = applyEntries(entries, options)
  await Promise.all([pipeline([createReadStream(file), ...stages, entries]), writing])
}

async function applyEntries(entries: ReturnType<typeof extract>, options: LayerOptions): Promise<void> {
  const ofThisLayer = new Set<string>()
  const folderModes: Array<readonly [string, number]> = []
  for await (const entry of entries) {
    const header = entry.header
    const path = archivePath(header.name)
    const name = path.at(-1)
    if (name === undefined) {
      entry.resume()
      continue
    }
    const folder = pathInRoot(options.root, path.slice(0, -1).join('/'), { followLast: true })
    mkdirSync(folder, { recursive: true })
    if (name.startsWith(whiteout)) {
      remove(folder, name, ofThisLayer)
      entry.resume()
      continue
    }
    const place = join(folder, name)
    for (let part = place; part !== options.root && part.length > options.root.length; part = dirname(part)) {
      ofThisLayer.add(part)
    }
    // streamx's stream; its types are narrower than what it does.
    await write(header, entry as unknown as Readable, place, options)
    // A folder that its owner may not write gets its mode last, or an unprivileged unpack could not fill it.
    if (header.type === 'directory') folderModes.push([place, (header.mode ?? 0o755) & 0o1777])
  }
  for (const [folder, mode] of folderModes.reverse()) chmodSync(folder, mode)
}

function remove(folder: string, name: string, ofThisLayer: ReadonlySet<string>): void {
  if (name === opaque) {
    for (const entry of readdirSync(folder)) {
      const place = join(folder, entry)
      if (!ofThisLayer.has(place)) rmSync(place, { recursive: true, force: true })
      else if (isFolder(place)) remove(place, opaque, ofThisLayer)
    }
    return
  }
  const entry = name.slice(whiteout.length)
  if (entry === '' || entry === '.' || entry === '..') throw new Error(`A layer holds a whiteout of no name: ${name}.`)
  rmSync(join(folder, entry), { recursive: true, force: true })
}

async function write(header: Header, content: Readable, place: string, options: LayerOptions): Promise<void> {
  const mode = (header.mode ?? 0o644) & 0o777
  switch (header.type) {
    case 'directory':
      if (!isFolder(place)) {
        rmSync(place, { recursive: true, force: true })
        mkdirSync(place, 0o755)
      }
      break
    case 'file':
    case 'contiguous-file':
      rmSync(place, { recursive: true, force: true })
      if ((header.size ?? Infinity) > longestInMemory)
        await pipeline(content, createWriteStream(place, { flags: 'wx', mode }))
      else writeFileSync(place, await buffer(content), { flag: 'wx', mode })
      chmodSync(place, mode)
      break
    case 'symlink':
      rmSync(place, { recursive: true, force: true })
      symlinkSync(header.linkname ?? '', place)
      break
    case 'link': {
      const target = pathInRoot(options.root, archivePath(header.linkname ?? '').join('/'), { followLast: false })
      if (target === place) break
      rmSync(place, { recursive: true, force: true })
      linkSync(target, place)
      content.resume()
      return
    }
    default:
      content.resume()
      return
  }
  content.resume()
  if (!options.keepOwners || header.type === 'symlink') return
  chownSync(place, header.uid ?? 0, header.gid ?? 0)
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
