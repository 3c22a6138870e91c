import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Finding, ScanReport, Severity } from '@sluice/core/findings/finding'
import { listProductionPackages, type InstalledPackage, type PackageLock } from '@sluice/core/findings/lock-packages'
import semver from 'semver'
import * as z from 'zod'

const run = promisify(execFile)

const advisorySchema = z.object({
  id: z.union([z.number(), z.string()]),
  url: z.string().optional(),
  title: z.string(),
  severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
  vulnerable_versions: z.string(),
  aliases: z.array(z.string()).optional(),
})
/** npm's bulk answer: package name to its advisories. */
const bulkSchema = z.record(z.string(), z.array(advisorySchema))
type Bulk = z.output<typeof bulkSchema>

/** Advisories that were written down on a day, for machines that npm does not answer. */
export const advisorySnapshotSchema = z.object({ date: z.string(), advisories: bulkSchema })
export type AdvisorySnapshot = z.output<typeof advisorySnapshotSchema>

/** Long enough for a far registry, short enough for a machine that has none. */
const timeoutMilliseconds = 8000
/** npm's words for our severities. */
const severityOf: Readonly<Record<string, Severity>> = { info: 'low', moderate: 'medium' }

/**
 * Looks up a workspace's production packages in npm's advisories: npm's own service where it answers, else the snapshot. The
 * answer has to be the right shape; a status or an exit code alone is not believed (npm audit exits 1 for findings and for
 * failures alike). `detail` names which was used.
 */
export async function auditPackages(
  folder: string,
  workspace: string,
  snapshot: AdvisorySnapshot,
  now: () => Date,
): Promise<ScanReport> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as PackageLock
  const packages = listProductionPackages(lock, workspace)
  const service = await askService(folder, packages)
  const source = 'bulk' in service ? `npm's service` : `the snapshot of ${snapshot.date} (${service.why})`
  return {
    scanner: 'npm-audit',
    status: 'ran',
    detail: `${packages.length} production packages of ${workspace}, by ${source}`,
    examined: packages.length,
    findings: matchAdvisories(packages, 'bulk' in service ? service.bulk : snapshot.advisories),
    scannedAt: now().toISOString(),
  }
}

/** The findings of packages in advisories. */
export function matchAdvisories(packages: readonly InstalledPackage[], advisories: Bulk): Finding[] {
  return packages.flatMap(({ name, version }) =>
    (advisories[name] ?? [])
      .filter(({ vulnerable_versions: range }) => semver.satisfies(version, range, { includePrerelease: true }))
      .map((advisory) => {
        const ghsa = /GHSA-[\w-]+/.exec(advisory.url ?? '')?.[0]
        const id = ghsa ?? String(advisory.id)
        const fixedIn = firstFixed(advisory.vulnerable_versions, version)
        return {
          scanner: 'npm-audit' as const,
          id,
          aliases: [...new Set([String(advisory.id), ...(advisory.aliases ?? [])])].filter((alias) => alias !== id),
          title: advisory.title,
          severity: severityOf[advisory.severity] ?? (advisory.severity as Severity),
          package: { name, version },
          ...(advisory.url == null ? {} : { url: advisory.url }),
          ...(fixedIn == null ? {} : { fixedIn }),
        }
      }),
  )
}

/** The version that ends the part of a range (`<1.2.3 || >=2.0.0 <2.1.0`) that holds the version: another major's fix is none. */
function firstFixed(range: string, version: string): string | undefined {
  const part = range.split('||').find((each) => semver.satisfies(version, each, { includePrerelease: true }))
  return [...(part ?? '').matchAll(/<\s*(\d[\w.+-]*)/g)].at(-1)?.[1]
}

async function askService(
  folder: string,
  packages: readonly InstalledPackage[],
): Promise<{ readonly bulk: Bulk } | { readonly why: string }> {
  const versions: Record<string, string[]> = {}
  for (const { name, version } of packages) (versions[name] ??= []).push(version)
  try {
    const registry = await configuredRegistry(folder)
    const response = await fetch(new URL('-/npm/v1/security/advisories/bulk', registry), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(versions),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    if (!response.ok) return { why: `npm's service answered ${response.status}` }
    const parsed = bulkSchema.safeParse(await response.json())
    return parsed.success ? { bulk: parsed.data } : { why: `npm's service answered in another shape` }
  } catch (error) {
    return { why: `npm's service gave no answer: ${error instanceof Error ? error.message : String(error)}` }
  }
}

async function configuredRegistry(folder: string): Promise<string> {
  const known = process.env['npm_config_registry']
  const url = known ?? (await run('npm', ['config', 'get', 'registry'], { cwd: folder })).stdout.trim()
  return url.endsWith('/') ? url : `${url}/`
}
