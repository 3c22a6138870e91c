import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

import type { UnpackedImage } from '../task-runtime.ts'
import type { unpackLayer } from './unpack-layer.ts'

const run = promisify(execFile)

/** Root file systems of images, each unpacked once and never written again. */
export interface UnpackedRoots {
  /** The folder that holds the image's files. Rejects with ECS's `CannotPullContainerError: …`. */
  root(image: UnpackedImage): Promise<string>
}

/** @param folder Where the roots are kept; a root that is there is complete, for it is renamed into place when it is. */
export function unpackedRoots(folder: string, keepOwners: boolean): UnpackedRoots {
  const underWay = new Map<string, Promise<string>>()
  return {
    root(image) {
      const known = underWay.get(image.digest)
      if (known) return known
      const unpacking = unpack(folder, image, keepOwners)
      underWay.set(image.digest, unpacking)
      unpacking.catch(() => underWay.delete(image.digest))
      return unpacking
    },
  }
}

async function unpack(folder: string, image: UnpackedImage, keepOwners: boolean): Promise<string> {
  if (!/^sha256:[0-9a-f]{64}$/.test(image.digest)) {
    throw new Error(`CannotPullContainerError: expected an image digest (sha256:…), found ${image.digest}`)
  }
  await mkdir(folder, { recursive: true })
  let below: string | undefined
  const chain: string[] = []
  try {
    for (const layer of image.layers) {
      chain.push(layer.digest)
      below = await addLayer(folder, below, chain, layer, keepOwners)
    }
    if (below === undefined) throw new Error('the image has no layers')
    return below
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`CannotPullContainerError: cannot unpack ${image.reference}: ${said}`, { cause })
  }
}

/**
 * The root of a chain of layers: the root below it as hard links, with the layer on top. Images that share their first layers
 * share their files so, as they do in a registry; nobody writes to a root, and a layer replaces files, never their bytes.
 */
async function addLayer(
  folder: string,
  below: string | undefined,
  chain: readonly string[],
  layer: UnpackedImage['layers'][number],
  keepOwners: boolean,
): Promise<string> {
  const place = join(folder, createHash('sha256').update(chain.join(' ')).digest('hex'))
  if (existsSync(place)) return place
  const draft = await mkdtemp(join(folder, '.unpacking-'))
  try {
    // coreutils: node's own copy knows no hard links, and takes a hundred times as long.
    if (below !== undefined) await run('cp', ['--archive', '--link', '--no-target-directory', below, draft])
    await unpackInThread(layer.file, layer.mediaType, { root: draft, keepOwners })
    await rename(draft, place)
    return place
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (existsSync(place)) return place
    throw error
  }
}

/** Rejects with what the thread throws. */
async function unpackInThread(...layer: Parameters<typeof unpackLayer>): Promise<void> {
  const worker = new Worker(new URL('unpack-layer-thread.ts', import.meta.url), { workerData: layer })
  await once(worker, 'message')
}
