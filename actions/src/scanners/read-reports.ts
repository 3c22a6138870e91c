import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'
import { scanReportSchema, type ScanReport } from '@sluice/core/findings/finding'

/**
 * Reads every report below a folder. A report that cannot be read is an error, for it may be the one with the finding; a folder
 * that is not there holds no reports, which the policy judges.
 */
export async function readReports(folder: string): Promise<ScanReport[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      try {
        return scanReportSchema.parse(JSON.parse(await readFile(path, 'utf8')))
      } catch (error) {
        throw new ConfigurationError(`expected a scan report in ${path}, found something else`, { cause: error })
      }
    }),
  )
}
