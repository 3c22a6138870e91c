import * as z from 'zod'

export const severities = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

/** Scanners by name, and what each looks at. */
export const scannerNames = ['npm-audit', 'secretlint', 'ecr', 'snyk', 'sonar'] as const
export type ScannerName = (typeof scannerNames)[number]

/** One thing that a scanner found, in one shape for all scanners. */
export const findingSchema = z.strictObject({
  scanner: z.enum(scannerNames),
  /** The scanner's own id, an advisory's or a rule's. */
  id: z.string(),
  /** Other names of the same thing: CVE, GHSA. */
  aliases: z.array(z.string()).default([]),
  title: z.string(),
  severity: z.enum(severities),
  package: z.strictObject({ name: z.string(), version: z.string() }).optional(),
  location: z.strictObject({ file: z.string(), line: z.int().positive().optional() }).optional(),
  /** The version that mends it; absent when there is none. */
  fixedIn: z.string().optional(),
  url: z.string().optional(),
})
export type Finding = z.output<typeof findingSchema>

/** One scanner's answer. A scanner that could not do its work leaves `failed`, never an empty list. */
export const scanReportSchema = z.strictObject({
  scanner: z.enum(scannerNames),
  status: z.enum(['ran', 'not-run', 'failed']),
  /** What was looked at and with which data, or why it was not. */
  detail: z.string(),
  /** Things looked at: packages, files. Zero looked at is not a clean bill. */
  examined: z.int().min(0),
  findings: z.array(findingSchema),
  scannedAt: z.iso.datetime(),
})
export type ScanReport = z.output<typeof scanReportSchema>

export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(threshold)
}

/** Findings that mean the same (a shared id or alias, in the same package or place) told once, with the highest severity. */
export function dedupeFindings(findings: readonly Finding[]): Finding[] {
  const merged: Finding[] = []
  for (const finding of findings) {
    const index = merged.findIndex((other) => isSame(other, finding))
    const other = merged[index]
    if (!other) merged.push(finding)
    else merged[index] = merge(other, finding)
  }
  return merged
}

function isSame(a: Finding, b: Finding): boolean {
  const place = ({ package: of, location }: Finding): string =>
    of ? `${of.name}@${of.version}` : `${location?.file}:${location?.line}`
  const ids = new Set([a.id, ...a.aliases])
  return place(a) === place(b) && [b.id, ...b.aliases].some((id) => ids.has(id))
}

function merge(a: Finding, b: Finding): Finding {
  const worse = severities.indexOf(b.severity) > severities.indexOf(a.severity) ? b : a
  const aliases = new Set([...a.aliases, b.id, ...b.aliases])
  aliases.delete(a.id)
  const fixedIn = a.fixedIn ?? b.fixedIn
  return { ...a, severity: worse.severity, aliases: [...aliases].sort(), ...(fixedIn == null ? {} : { fixedIn }) }
}
