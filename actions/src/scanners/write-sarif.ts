import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JudgedFinding } from '@sluice/core/findings/decide'
import { findingsSarif } from '@sluice/core/findings/sarif'

/** Writes a decision as SARIF, for GitHub's code scanning, and gives the file. */
export async function writeSarif(findings: readonly JudgedFinding[]): Promise<string> {
  const file = join(process.env['RUNNER_TEMP'] ?? tmpdir(), `findings-${process.pid}.sarif`)
  await writeFile(file, `${JSON.stringify(findingsSarif(findings), undefined, 2)}\n`)
  return file
}
