import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Layer } from '@sluice/core/image/oci'

/** Layers that were built before, by a key of everything that went into them. */
export interface LayerCache {
  /** The layer of that key, made by `build` (which writes the blob to the given file) where there is none yet. */
  layer(key: readonly string[], build: (file: string) => Promise<Layer>): Promise<Layer>
  /** Where a blob lies, or would lie. */
  blobFile(digest: string): string
}

/** The folder for layers: the runner's tool cache on GitHub, else the user's cache folder. */
export function layerCacheFolder(environment: NodeJS.ProcessEnv): string {
  const cache = environment['RUNNER_TOOL_CACHE'] ?? environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(cache, 'sluice', 'layers')
}

/** A cache in `folder`. An entry counts only while its blob is there in full, so a killed build leaves nothing wrong. */
export function layerCache(folder: string): LayerCache {
  const blobFile = (digest: string): string => join(folder, digest.replace(':', '-'))
  return {
    blobFile,
    async layer(key, build) {
      await mkdir(folder, { recursive: true })
      const name = createHash('sha256').update(JSON.stringify(key)).digest('hex')
      const record = join(folder, `key-${name}.json`)
      const known = await readRecord(record)
      if (known && (await sizeOf(blobFile(known.digest))) === known.size) return known
      const built = join(folder, `build-${name}-${process.pid}`)
      const layer = await build(built)
      await rename(built, blobFile(layer.digest))
      await writeFile(`${record}.${process.pid}`, JSON.stringify(layer))
      await rename(`${record}.${process.pid}`, record)
      return layer
    },
  }
}

async function readRecord(file: string): Promise<Layer | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Layer
  } catch {
    return undefined
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch {
    return undefined
  }
}
