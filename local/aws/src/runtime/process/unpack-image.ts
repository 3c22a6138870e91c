import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

import type { UnpackedImage } from '../task-runtime.ts'
import type { unpackLayer } from './unpack-layer.ts'

const run = promisify(execFile)

const draftPrefix = '.unpacking-'

/** Of the roots that are there already: a delivery takes four, base, dependencies and two releases; some were left by the one before. */
const keptRoots = 8

/** Root file systems of images, each unpacked once and never written again. */
export interface UnpackedRoots {
  /** The folder that holds the image's files. Rejects with ECS's `CannotPullContainerError: …`. */
  root(image: UnpackedImage): Promise<string>
}

/**
 * @param folder Where the roots are kept; a root that is there is complete, for it is renamed into place when it is. Nobody else may
 *   use the folder meanwhile: what a killed process left half-done in it is removed, and roots that nobody has asked for lately.
 */
export function unpackedRoots(folder: string, keepOwners: boolean): UnpackedRoots {
  const underWay = new Map<string, Promise<string>>()
  // A crash of the machine, unlike one of a process, may have lost the bytes of files that have their names already.
  const place = join(folder, `${bootId()}${keepOwners ? '' : '-unowned'}`)
  let cleared: Promise<void> | undefined
  return {
    root(image) {
      const known = underWay.get(image.digest)
      if (known) return known
      cleared ??= clear(folder, place)
      const unpacking = cleared.then(() => unpack(place, image, keepOwners))
      underWay.set(image.digest, unpacking)
      unpacking.catch(() => underWay.delete(image.digest))
      return unpacking
    },
  }
}

/** Leaves the roots of this boot that were used last. */
async function clear(folder: string, place: string): Promise<void> {
  await mkdir(place, { recursive: true })
  const entries = async (of: string) => (await readdir(of)).map((name) => join(of, name))
  const others = (await entries(folder)).filter((entry) => entry !== place)
  const roots = await Promise.all(
    (await entries(place)).map(async (entry) => ({ entry, usedAt: (await stat(entry)).mtimeMs })),
  )
  const isDraft = ({ entry }: { readonly entry: string }) => basename(entry).startsWith(draftPrefix)
  const whole = roots.filter((root) => !isDraft(root)).toSorted((a, b) => b.usedAt - a.usedAt)
  const gone = [...roots.filter(isDraft), ...whole.slice(keptRoots)].map(({ entry }) => entry)
  await Promise.all([...others, ...gone].map((entry) => rm(entry, { recursive: true, force: true })))
}

/** Changes whenever the machine starts. */
const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

async function unpack(folder: string, image: UnpackedImage, keepOwners: boolean): Promise<string> {
  if (!/^sha256:[0-9a-f]{64}$/.test(image.digest)) {
    throw new Error(`CannotPullContainerError: expected an image digest (sha256:…), found ${image.digest}`)
  }
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
  if (existsSync(place)) return used(place)
  const draft = await mkdtemp(join(folder, draftPrefix))
  try {
    // coreutils: node's own copy knows no hard links, and takes a hundred times as long.
    if (below !== undefined) await run('cp', ['--archive', '--link', '--no-target-directory', below, draft])
    await unpackInThread(layer.file, layer.mediaType, { root: draft, keepOwners })
    await rename(draft, place)
    return await used(place)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (existsSync(place)) return place
    throw error
  }
}

/** Notes when, for those that nobody uses are removed one day. */
async function used(place: string): Promise<string> {
  await utimes(place, new Date(), new Date())
  return place
}

/** Rejects with what the thread throws. */
async function unpackInThread(...layer: Parameters<typeof unpackLayer>): Promise<void> {
  const worker = new Worker(new URL('unpack-layer-thread.ts', import.meta.url), { workerData: layer })
  await once(worker, 'message')
}
