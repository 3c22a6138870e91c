import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson } from '@sluice/core/canonical-json'
import { evidenceBundleSchema, type EvidenceBundle } from '@sluice/core/evidence/bundle'
import { ConfigurationError } from '@sluice/core/failure'

/** Writes a bundle as canonical JSON, the bytes that its hash is of, and gives the file. */
export async function writeBundle(bundle: EvidenceBundle): Promise<string> {
  const folder = await mkdtemp(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'sluice-evidence-'))
  const file = join(folder, 'bundle.json')
  await writeFile(file, canonicalJson(bundle))
  return file
}

/** Reads a bundle. Throws a `ConfigurationError` when the file is none. */
export async function readBundle(file: string): Promise<EvidenceBundle> {
  try {
    return evidenceBundleSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new ConfigurationError(`expected an evidence bundle in ${file}, found none that can be read`, {
      cause: error,
    })
  }
}
