import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScannerName, ScanReport } from '@sluice/core/findings/finding'

/** A scanner that is ready to run, or why it is not. */
export type PreparedScanner = (() => Promise<ScanReport>) | { readonly notRun: string }

/**
 * Runs scanners side by side and writes one report each into `folder`. A scanner that breaks leaves a report that says so, and
 * the others go on: what a missing answer means is the policy's to say.
 */
export async function runScanners(
  scanners: ReadonlyMap<ScannerName, PreparedScanner>,
  folder: string,
  now: () => Date,
): Promise<ScanReport[]> {
  await mkdir(folder, { recursive: true })
  return Promise.all(
    [...scanners].map(async ([scanner, prepared]) => {
      const report = await runOne(scanner, prepared, now)
      await writeFile(join(folder, `${scanner}.json`), `${JSON.stringify(report, undefined, 2)}\n`)
      return report
    }),
  )
}

async function runOne(scanner: ScannerName, prepared: PreparedScanner, now: () => Date): Promise<ScanReport> {
  const empty = { scanner, examined: 0, findings: [], scannedAt: now().toISOString() }
  if (typeof prepared !== 'function') return { ...empty, status: 'not-run', detail: prepared.notRun }
  try {
    return await prepared()
  } catch (error) {
    return { ...empty, status: 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
}
