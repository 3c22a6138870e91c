import { satisfies } from 'semver'
import * as z from 'zod'
import type { InstalledPackage } from './installed-packages.ts'

/** A dated copy of npm's bulk advisories (package name to advisories), for machines that reach no advisory service. */
export const advisorySnapshotSchema = z.object({
  date: z.string(),
  advisories: z.record(
    z.string(),
    z.array(
      z.object({
        id: z.union([z.number(), z.string()]),
        url: z.string().optional(),
        title: z.string(),
        severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
        vulnerable_versions: z.string(),
      }),
    ),
  ),
})
export type AdvisorySnapshot = z.output<typeof advisorySnapshotSchema>

/** ECR's severities; npm says moderate where ECR says MEDIUM. */
const severities = {
  info: 'INFORMATIONAL',
  low: 'LOW',
  moderate: 'MEDIUM',
  high: 'HIGH',
  critical: 'CRITICAL',
} as const

/** Matches installed packages against a snapshot, in the shape of ECR's basic findings. */
export function findVulnerabilities(packages: readonly InstalledPackage[], snapshot: AdvisorySnapshot) {
  return packages.flatMap(({ name, version, path }) =>
    (Object.hasOwn(snapshot.advisories, name) ? (snapshot.advisories[name] ?? []) : [])
      .filter((advisory) => satisfies(version, advisory.vulnerable_versions))
      .map(({ id, title, url, severity }) => ({
        name: String(id),
        description: title,
        uri: url,
        severity: severities[severity],
        attributes: [
          { key: 'package_name', value: name },
          { key: 'package_version', value: version },
          { key: 'path', value: path },
        ],
      })),
  )
}
