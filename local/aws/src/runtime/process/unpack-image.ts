import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { UnpackedImage } from '../task-runtime.ts'
import { unpackLayer } from './unpack-layer.ts'

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
  const place = join(folder, image.digest.replace(':', '-'))
  if (existsSync(place)) return place
  await mkdir(folder, { recursive: true })
  const draft = await mkdtemp(join(folder, '.unpacking-'))
  try {
    for (const layer of image.layers) await unpackLayer(layer.file, layer.mediaType, { root: draft, keepOwners })
    await rename(draft, place)
    return place
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    if (existsSync(place)) return place
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`CannotPullContainerError: cannot unpack ${image.reference}: ${said}`, { cause })
  }
}
