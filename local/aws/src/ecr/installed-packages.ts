import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'

import { layerDecompressors } from '../runtime/layer-media-type.ts'

/** A package that an image holds. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly path: string
}

const manifestPath = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/

/** The npm packages in a layer: every `package.json` right below a `node_modules`. The layer is read as a stream. */
export async function installedPackages(layer: {
  readonly file: string
  readonly mediaType: string
}): Promise<InstalledPackage[]> {
  const found: InstalledPackage[] = []
  const entries = extract()
  const reading = pipeline([createReadStream(layer.file), ...layerDecompressors(layer.mediaType), entries])
  // Awaited below; a broken layer also ends the loop, and then nobody has asked for it yet.
  reading.catch(() => undefined)
  for await (const entry of entries) {
    const { name } = entry.header
    if (!manifestPath.test(name)) {
      entry.resume()
      continue
    }
    const chunks: Buffer[] = []
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk)
    const manifest = parse(Buffer.concat(chunks).toString('utf8'))
    if (manifest?.name != null && manifest.version != null) {
      found.push({ name: manifest.name, version: manifest.version, path: name })
    }
  }
  await reading
  return found
}

/** Packages carry manifests of test fixtures that are no JSON; they name no package. */
function parse(text: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(text) as { name?: string; version?: string }
  } catch {
    return undefined
  }
}
