import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { UnpackedImage } from '../runtime/task-runtime.ts'
import type { InstalledPackage } from './installed-packages.ts'
import { findVulnerabilities, type AdvisorySnapshot } from './scan.ts'

export interface ScanRecord {
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'
  readonly description: string
  readonly completedAt?: Date
  readonly findings: ReturnType<typeof findVulnerabilities>
}

/** The scans of images by repository and digest. */
export interface ImageScans {
  get(name: string, digest: string): ScanRecord | undefined
  /** Begins a scan; one that runs already goes on alone. Its failure is told by its record. */
  start(name: string, digest: string): void
}

export function createImageScans(options: {
  readonly unpack: (name: string, digest: string) => Promise<UnpackedImage>
  /** Read when an image is scanned. */
  readonly advisories: () => Promise<AdvisorySnapshot>
  readonly now: () => Date
}): ImageScans {
  const records = new Map<string, ScanRecord>()
  // A layer's bytes never change under its digest, and images share most of theirs.
  const packagesOf = new Map<string, Promise<readonly InstalledPackage[]>>()
  const packagesIn = (layer: UnpackedImage['layers'][number]) => {
    const known = packagesOf.get(layer.digest)
    if (known) return known
    const reading = scanLayer(layer)
    packagesOf.set(layer.digest, reading)
    reading.catch(() => packagesOf.delete(layer.digest))
    return reading
  }
  const scan = async (key: string, unpack: () => Promise<UnpackedImage>) => {
    records.set(key, { status: 'IN_PROGRESS', description: 'The scan is running.', findings: [] })
    try {
      const snapshot = await options.advisories()
      const { layers } = await unpack()
      const packages = (await Promise.all(layers.map(packagesIn))).flat()
      records.set(key, {
        status: 'COMPLETE',
        description: `${packages.length} npm packages matched against the advisories of ${snapshot.date}.`,
        completedAt: options.now(),
        findings: findVulnerabilities(packages, snapshot),
      })
    } catch (error) {
      records.set(key, { status: 'FAILED', description: String(error), findings: [] })
    }
  }
  return {
    get: (name, digest) => records.get(`${name}@${digest}`),
    start: (name, digest) => {
      const key = `${name}@${digest}`
      if (records.get(key)?.status !== 'IN_PROGRESS') void scan(key, () => options.unpack(name, digest))
    },
  }
}

/** The packages in a layer, read in a thread. Throws what the reading throws. */
async function scanLayer(layer: UnpackedImage['layers'][number]): Promise<readonly InstalledPackage[]> {
  const worker = new Worker(new URL('scan-layer.ts', import.meta.url), { workerData: layer })
  worker.unref() // a scan keeps nobody from ending
  const [packages] = (await once(worker, 'message')) as [readonly InstalledPackage[]]
  return packages
}
