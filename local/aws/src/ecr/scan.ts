import { satisfies } from 'semver'
import type { InstalledPackage } from './installed-packages.ts'

/** One advisory of the vendored snapshot. `vulnerable` is a semver range. */
export interface Advisory {
  readonly id: string
  readonly package: string
  readonly vulnerable: string
  readonly severity: 'low' | 'moderate' | 'high' | 'critical'
  readonly title: string
  readonly url: string
  readonly fixed?: string
}

/** A dated copy of npm advisories, for machines that reach no advisory service. */
export interface AdvisorySnapshot {
  readonly source: string
  readonly date: string
  readonly advisories: readonly Advisory[]
}

/** ECR's severities; npm says moderate where ECR says MEDIUM. */
const severities = { low: 'LOW', moderate: 'MEDIUM', high: 'HIGH', critical: 'CRITICAL' } as const

/** Matches installed packages against a snapshot, in the shape of ECR's basic findings. */
export function findVulnerabilities(packages: readonly InstalledPackage[], snapshot: AdvisorySnapshot) {
  return packages.flatMap(({ name, version, path }) =>
    snapshot.advisories
      .filter((advisory) => advisory.package === name && satisfies(version, advisory.vulnerable))
      .map(({ id, title, url, severity, fixed }) => ({
        name: id,
        description: title,
        uri: url,
        severity: severities[severity],
        attributes: [
          { key: 'package_name', value: name },
          { key: 'package_version', value: version },
          { key: 'path', value: path },
          ...(fixed == null ? [] : [{ key: 'fixed_in_version', value: fixed }]),
        ],
      })),
  )
}
