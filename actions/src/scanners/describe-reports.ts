import type { ScanReport } from '@sluice/core/findings/finding'
import { markdownTable } from '../runner/summary.ts'

/** What each scanner did, for people. What it means is the policy's to say. */
export function describeReports(reports: readonly ScanReport[]): string {
  const rows = reports.map(({ scanner, status, findings, detail }) => [
    scanner,
    status === 'ran' ? `${findings.length} finding(s)` : `**${status}**`,
    detail,
  ])
  return `### Scans\n\n${markdownTable(['scanner', 'result', 'what it looked at'], rows)}`
}
